import { randomUUID } from 'node:crypto';
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { SEARCH_ATTRIBUTES } from '../../../src/model/search-attributes.js';
import { createLogger } from '../../../src/worker/logger.js';
import { sweepOrphans } from '../../../src/worker/orphans.js';
import type { Orphan } from '../../../src/workflows/cancel-orphan.js';
import { createHarness } from '../support/harness.js';
import type { Harness } from '../support/harness.js';
import { eventually, inPhase } from '../support/phases.js';
import { simulate } from '../support/requests.js';

const ACTION_RUN_ID = defineSearchAttributeKey(SEARCH_ATTRIBUTES.actionRunId, SearchAttributeType.KEYWORD);
const ownTag = (): string => `soar-runner:${randomUUID()}`;

describe('a workflow that cancels what another has left', () => {
  let harness: Harness;

  beforeAll(async () => {
    harness = await createHarness();
    await harness.serve();
  });
  afterAll(() => harness.close());

  const submit = async (name: string): Promise<number> =>
    (await harness.soar.runAction(simulate({ seconds: 600 }, { name }))).action_run_id;
  const statusOf = async (id: number): Promise<string> => (await harness.soar.getActionRun(id)).status;
  const cancelOrphan = (orphan: unknown): Promise<unknown> =>
    harness.client.workflow.execute('cancelOrphan', {
      workflowId: `orphan-${randomUUID()}`,
      taskQueue: harness.taskQueue,
      args: [orphan],
    });
  const orphan = (extra: object): object => {
    const nobody = { workflowId: 'x', runId: 'y', isGroup: false, actionRunId: null, mode: 'cancel' };
    return { ...nobody, tag: ownTag(), ...extra };
  };

  it.each<[string, string, Partial<Orphan>]>([
    ['by its number alone', 'a playbook', {}],
    ['by its number, as one of a group', 'a playbook', { isGroup: true }],
    ['with the tag of another', `a playbook [${ownTag()}]`, {}],
    ['with another’s tag that begins like it', `a playbook [${ownTag()}/3]`, { isGroup: true }],
  ])('leaves a run alone that it is given %s', async (_how, name, extra) => {
    const actionRunId = await submit(name);
    expect(await cancelOrphan(orphan({ ...extra, actionRunId }))).toEqual([]);
    expect(await statusOf(actionRunId)).toBe('running');
  });

  it.each([
    [{ tag: 'none' }, /^tag: must be the tag/],
    [{ tag: '' }, /^tag: must be the tag/],
    [{ tag: { a: 1 } }, /^tag: must be the tag/],
    [{ workflowId: 5 }, /^workflowId: must be text/],
    [{ isGroup: 'x' }, /^isGroup: must be true or false/],
    [{ actionRunId: '../container/1?x=' }, /^actionRunId: must be null or a whole number/],
    [{ actionRunId: 1.5 }, /^actionRunId: must be null or a whole number/],
    [{ mode: 'delete' }, /^mode: must be "cancel" or "report"/],
  ])('refuses %j by name', async (extra, message) => {
    const foreign = await submit('a playbook [none]');
    const failure: unknown = await cancelOrphan(orphan({ actionRunId: foreign, ...extra })).catch((error: unknown) =>
      error instanceof Error ? error.cause : error,
    );
    expect(failure).toMatchObject({ type: 'SOAR_INVALID_REQUEST', message: expect.stringMatching(message) as string });
    expect(await statusOf(foreign)).toBe('running');
  });

  it('control: cancels the run whose name has its tag', async () => {
    const tag = ownTag();
    const [own, grouped] = [await submit(`a run [${tag}]`), await submit(`a run [${tag}/7]`)];
    expect(await cancelOrphan(orphan({ tag, actionRunId: own }))).toMatchObject([{ actionRunId: own }]);
    expect(await cancelOrphan(orphan({ tag, isGroup: true }))).toMatchObject([{ actionRunId: grouped }]);
    expect([await statusOf(own), await statusOf(grouped)]).toEqual(['failed', 'failed']);
  });

  it('is told by a search attribute of nothing: that is a caller’s word', async () => {
    const foreign = await submit('a playbook');
    const log = createLogger('silent');
    const handle = await harness.client.workflow.start('runAction', {
      workflowId: `planted-${randomUUID()}`,
      taskQueue: harness.taskQueue,
      args: [simulate({})],
      startDelay: '1h',
      typedSearchAttributes: [{ key: ACTION_RUN_ID, value: String(foreign) }],
    });
    const mine = await harness.start(simulate({ seconds: 600 }));
    const { actionRunId } = await inPhase(mine, 'awaitingActionRun');
    await Promise.all([handle.terminate('now'), mine.terminate('now')]);
    const stop = sweepOrphans({ client: harness.client, taskQueue: harness.taskQueue, policy: 'cancel', log });
    const sweeper = harness.client.workflow.getHandle(`soar-runner-orphan/${handle.firstExecutionRunId}`);
    const swept = await eventually<unknown>(() => sweeper.result().catch(() => undefined));
    expect(swept).toEqual([]);
    expect(await statusOf(foreign)).toBe('running');
    // Control: what a terminated workflow of ours has left is cancelled by the same look.
    await eventually(async () => ((await statusOf(actionRunId ?? 0)) === 'failed' ? true : undefined));
    await stop();
  }, 90_000);
});
