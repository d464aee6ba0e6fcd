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
  /** A workflow that Temporal has ended before it did anything, and the tag of its runs. */
  const dead = async (type = 'runAction', taskQueue = harness.taskQueue) => {
    const workflowId = `dead-${randomUUID()}`;
    const handle = await harness.client.workflow.start(type, {
      workflowId,
      taskQueue,
      args: [simulate({})],
      startDelay: '1h',
    });
    await handle.terminate('now');
    const runId = handle.firstExecutionRunId;
    return { workflowId, runId, tag: `soar-runner:${runId}` };
  };
  const of = (left: object, extra: object = {}): object => ({
    ...left,
    isGroup: false,
    actionRunId: null,
    mode: 'cancel',
    ...extra,
  });
  const failureOf = async (given: unknown): Promise<unknown> =>
    cancelOrphan(given).catch((error: unknown) => (error instanceof Error ? error.cause : error));

  it.each<[string, string, Partial<Orphan>]>([
    ['by its number alone', 'a playbook', {}],
    ['by its number, as one of a group', 'a playbook', { isGroup: true }],
    ['with the tag of another', `a playbook [${ownTag()}]`, {}],
    ['with another’s tag that begins like it', `a playbook [${ownTag()}/3]`, { isGroup: true }],
  ])('leaves a run alone that it is given %s', async (_how, name, extra) => {
    const actionRunId = await submit(name);
    const left = await dead(extra.isGroup ? 'runActionGroup' : 'runAction');
    expect(await cancelOrphan(of(left, { ...extra, actionRunId }))).toEqual([]);
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
    const failure = await failureOf(of(await dead(), { actionRunId: foreign, ...extra }));
    expect(failure).toMatchObject({ type: 'SOAR_INVALID_REQUEST', message: expect.stringMatching(message) as string });
    expect(await statusOf(foreign)).toBe('running');
  });

  it('refuses what no workflow of ours has left, and touches no run', async () => {
    const [mine, other] = [await harness.start(simulate({ seconds: 600 })), await dead()];
    const { actionRunId } = await inPhase(mine, 'awaitingActionRun');
    const live = { workflowId: mine.workflowId, runId: mine.firstExecutionRunId };
    const tag = `soar-runner:${live.runId}`;
    const elsewhere = await dead('runAction', 'another-queue');
    const grouped = await submit(`a run [${elsewhere.tag}]`);
    const given = [
      of({ ...live, tag }, { actionRunId }),
      of({ ...live, tag }, { actionRunId, isGroup: true }),
      of({ ...other, tag }, { actionRunId }),
      of({ workflowId: 'none', runId: randomUUID(), tag }, { actionRunId }),
      of({ workflowId: live.workflowId, runId: '', tag }, { actionRunId }),
      of(elsewhere, { actionRunId: grouped }),
      of(await dead('somethingElse'), { tag, actionRunId }),
    ];
    for (const one of given)
      expect(await failureOf(one)).toMatchObject({
        type: 'SOAR_INVALID_REQUEST',
        message: expect.stringContaining("is not this workflow's") as string,
      });
    expect([await statusOf(actionRunId ?? 0), await statusOf(grouped)]).toEqual(['running', 'running']);
    await mine.signal('cancel');
    await mine.result();
  });

  it('control: cancels the run whose name has its tag', async () => {
    const [alone, group] = [await dead(), await dead('runActionGroup')];
    const [own, grouped] = [await submit(`a run [${alone.tag}]`), await submit(`a run [${group.tag}/7]`)];
    expect(await cancelOrphan(of(alone, { actionRunId: own }))).toMatchObject([{ actionRunId: own }]);
    expect(await cancelOrphan(of(group, { isGroup: true }))).toMatchObject([{ actionRunId: grouped }]);
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
