import type { RunActionRequest } from '../../../src/contracts/run-action.js';
import { createHarness } from '../support/harness.js';
import type { Harness } from '../support/harness.js';
import { inPhase } from '../support/phases.js';
import { simulate } from '../support/requests.js';

function onAsset(asset: string): RunActionRequest {
  const request = simulate({ message: 'done' });
  return { ...request, targets: request.targets.map((target) => ({ ...target, assets: [asset] })) };
}

describe('a person in the way', () => {
  let harness: Harness;

  beforeAll(async () => {
    harness = await createHarness();
  });
  afterAll(() => harness.close());

  const answer = (approvalId: number, status: 'approve' | 'deny'): Promise<Response> =>
    fetch(`${harness.sim.url}/rest/approval/${approvalId}`, {
      method: 'POST',
      headers: { 'ph-auth-token': harness.sim.token },
      body: JSON.stringify({ status, type: 'manual', action: 'prompt', message: '', responses: [] }),
    });

  const askedAndAnswered = (status: 'approve' | 'deny', asset = 'lab-approval') =>
    harness.running(async () => {
      const handle = await harness.start(onAsset(asset));
      const asked = await inPhase(handle, 'awaitingApproval');
      const response = await answer(asked.approvals[0]?.id ?? 0, status);
      return { asked, response, result: await handle.result() };
    });

  it('is named in the status: who, what kind, until when', async () => {
    const { asked } = await askedAndAnswered('approve');
    expect(asked).toMatchObject({
      status: 'pending',
      approvals: [
        { owner: 'approver', type: 'asset', status: 'pending', dueTime: expect.stringMatching(/^\d{4}-/) as string },
      ],
    });
  });

  it('who approves lets the action run', async () => {
    const { response, result } = await askedAndAnswered('approve');
    expect(response.status).toBe(200);
    expect(result).toMatchObject({ outcome: 'success', appRuns: [{ results: [{ status: 'success' }] }] });
  });

  it('who denies ends it as denied', async () => {
    const { result } = await askedAndAnswered('deny');
    expect(result).toMatchObject({ outcome: 'denied', approvals: [{ status: 'denied', owner: 'approver' }] });
  });

  it('who reviews an action is found too', async () => {
    const { asked, result } = await askedAndAnswered('approve', 'lab-review');
    expect(asked.approvals).toMatchObject([{ type: 'parameter' }]);
    expect(result.outcome).toBe('success');
  });

  it('who never answers lets it expire, which is an outcome of its own', async () => {
    const short = await createHarness({ approvalLifetimeMs: 3_000 });
    const result = await short.running(async () => (await short.start(onAsset('lab-approval'))).result());
    await short.close();
    expect(result).toMatchObject({ outcome: 'expired', approvals: [{ status: 'expired' }] });
  });

  it('is not looked for where the asset asks nobody', async () => {
    const before = harness.sim.counts().requests['GET /rest/:resource'] ?? 0;
    await harness.running(async () => (await harness.start(simulate({ seconds: 3 }))).result());
    expect(harness.sim.counts().requests['GET /rest/:resource'] ?? 0).toBe(before);
  });
});
