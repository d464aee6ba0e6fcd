import type { SoarActivities } from '../../../src/activities/index.js';
import { createHarness } from '../support/harness.js';
import type { Harness } from '../support/harness.js';
import { simulate } from '../support/requests.js';

type Rewrite = (run: Record<string, unknown>) => Record<string, unknown> | number;

/** Changes what the single GET of an action_run says, answer by answer; a number is an HTTP status instead. */
class ScriptedStatuses {
  script: Rewrite[] = [];

  readonly beforeAnswer = async (request: Request, response: Response): Promise<Response> => {
    if (request.method !== 'GET' || !/\/rest\/action_run\/\d+$/.test(new URL(request.url).pathname)) return response;
    const [rewrite, ...rest] = this.script;
    if (!rewrite) return response;
    this.script = rest;
    const changed = rewrite((await response.json()) as Record<string, unknown>);
    if (typeof changed === 'number')
      return Response.json({ failed: true, message: 'no such action_run' }, { status: changed });
    return Response.json(changed);
  };
}

const says =
  (status: unknown, extra: object = {}): Rewrite =>
  (run) => ({ ...run, status, ...extra });

describe('what SOAR says of a run (F10)', () => {
  const statuses = new ScriptedStatuses();
  let harness: Harness;

  beforeAll(async () => {
    harness = await createHarness({ faults: { beforeAnswer: statuses.beforeAnswer } });
  });
  afterAll(() => harness.close());

  const endOf = (script: Rewrite[]) => {
    statuses.script = script;
    return harness.running(async () => (await harness.start(simulate({}))).result());
  };

  it.each([
    ['a status nobody knows', [says('paused'), says('PENDING'), says('')]],
    ['a run that goes back', [says('running'), says('pending'), says('running')]],
    ['404 for a moment after the POST', [() => 404, () => 404]],
    ['a status that is no text', [says(7), says(null)]],
    ['an error of the server', [() => 500, () => 503]],
  ])('%s is not taken for an end', async (_title, script) => {
    expect(await endOf(script)).toMatchObject({ outcome: 'success', submissions: 1 });
    expect(statuses.script).toEqual([]);
  });

  it.each([
    ['failed', says('failed'), 'failed'],
    ['failure', says('failure'), 'failed'],
    ['failed with an empty cancelled', says('failed', { cancelled: '' }), 'failed'],
    ['failed with a text in cancelled', says('failed', { cancelled: 'cancelled by admin' }), 'cancelled'],
    ['cancelled', says('cancelled'), 'cancelled'],
    ['success', says('success'), 'success'],
  ])('%s is an end: %#', async (_title, rewrite, outcome) => {
    expect(await endOf([rewrite])).toMatchObject({ outcome });
  });

  it('control: a wait that ends on anything but running takes an unknown status for the end', async () => {
    statuses.script = [says('paused'), says('paused')];
    const hasty: SoarActivities['awaitActionRuns'] = async ({ actionRunIds: [actionRunId = 0] }) => {
      const actionRun = await harness.soar.getActionRun(actionRunId);
      if (actionRun.status === 'running') throw new Error('not yet');
      const ended = [{ actionRunId, statusClass: 'unknown' as const, message: '', actionRun }];
      return { ended, approvals: null, asked: [], slow: false, latest: actionRun, polls: 1, problem: null };
    };
    const firstLook: SoarActivities['firstLook'] = async ({ actionRunId, mark, origin }) => {
      const known = { approvals: [], problemAttempts: 0 };
      const runs = { actionRunIds: [actionRunId], mark, indices: null, origin };
      const sight = await hasty({ ...runs, known, as: 'alone', watch: null });
      return { sight, fetched: null, retryAfterMs: 0 };
    };
    const worker = await harness.worker({ activities: { ...harness.activities, awaitActionRuns: hasty, firstLook } });
    const result = await worker.runUntil(async () => (await harness.start(simulate({}))).result());
    statuses.script = [];
    expect(result.outcome).not.toBe('success');
  });

  it('a run that SOAR has lost for good is failed after the grace time, and says so', async () => {
    const result = await endOf(Array.from({ length: 500 }, () => () => 404));
    statuses.script = [];
    expect(result).toMatchObject({
      outcome: 'failed',
      actionRun: null,
      message: expect.stringContaining('does not know') as string,
    });
  });

  it('a credential that SOAR refuses for a while is waited out: the run is followed to its end', async () => {
    expect(await endOf([() => 401, () => 401, () => 401])).toMatchObject({ outcome: 'success' });
  });
});
