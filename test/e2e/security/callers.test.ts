import { randomUUID } from 'node:crypto';
import { ActivityExecutionFailedError, WorkflowFailedError } from '@temporalio/client';
import { activitiesOf } from '../../../src/activities/activities.js';
import { rootCause } from '../../../src/model/error-codes.js';
import { WORKFLOW_TYPES } from '../../../src/model/names.js';
import type { RunActionResult } from '../../../src/contracts/run-action.js';
import { createRunStatusLoader } from '../../../src/soar/run-status-loader.js';
import { createTemporalView } from '../../../src/worker/temporal-view.js';
import { startForeignWorker } from '../support/foreign-worker.js';
import type { ForeignWorker } from '../support/foreign-worker.js';
import { createHarness } from '../support/harness.js';
import type { Harness } from '../support/harness.js';
import { inPhase } from '../support/phases.js';
import { geolocate, simulate } from '../support/requests.js';

type Started = Awaited<ReturnType<Harness['start']>>;
type Refused = Error & { type?: string };

/** A run of somebody else's, and everything that an attacker can know of it. */
interface Victim {
  readonly handle: Started;
  readonly actionRunId: number;
  readonly tag: string;
  readonly name: string;
}

describe('an activity of ours', () => {
  let harness: Harness;
  let foreign: ForeignWorker;
  let victim: Victim;
  let done: RunActionResult;

  beforeAll(async () => {
    harness = await createHarness();
    await harness.serve();
    foreign = await startForeignWorker(harness);
    const handle = await harness.start(simulate({ seconds: 600 }));
    const { actionRunId } = await inPhase(handle, 'awaitingActionRun');
    const run = await harness.soar.getActionRun(actionRunId ?? 0);
    const tag = `soar-runner:${handle.firstExecutionRunId}`;
    victim = { handle, actionRunId: run.id, tag, name: run.name ?? '' };
    done = await (await harness.start(geolocate(['8.8.8.8']))).result();
  });
  afterAll(async () => {
    await victim.handle.terminate('the test is over').catch(() => undefined);
    await foreign.rest();
    await harness.close();
    await foreign.close();
  });

  const statusOf = async (id: number): Promise<string> => (await harness.soar.getActionRun(id)).status;

  /** What each activity is given, as its own workflow would give it, about the victim's run. */
  const inputOf = (activity: string): unknown => {
    const { actionRunId, tag } = victim;
    const run = { actionRunId, mark: `[${tag}]`, origin: null };
    const appRunIds = done.appRuns.map(({ id }) => id);
    const known = { approvals: [], problemAttempts: 0 };
    const inputs: Record<string, unknown> = {
      cancelActionRun: run,
      awaitActionRuns: { actionRunIds: [actionRunId], indices: null, ...run, known, as: 'alone', watch: null },
      firstLook: { ...run, budgetBytes: 1_000 },
      lookAtActionRun: { ...run, tag },
      findActionRuns: { ...run, tag, name: victim.name, keep: null },
      awaitOtherRun: { ...run, tag, name: victim.name, keep: null },
      findGroupRuns: { ...run, tag },
      fetchApprovals: run,
      fetchAppRuns: { ...run, budgetBytes: 1_000 },
      fetchManyResults: { ...run, appRunIds, budgetBytes: 1_000, singly: true },
      fetchRunSummaries: {
        runs: [{ ...run, parameters: [{}], statusClass: 'succeeded', message: '' }],
        stopped: null,
        origin: null,
      },
      fetchItemsAccount: { ...run, parameters: [{}], appRunIds },
      submitActionRun: { request: simulate({}), options: null, tag, origin: null },
      submitActionRuns: {
        request: simulate({}),
        runs: [{ target: {}, parameters: [{}] }],
        indices: [0],
        tag,
        origin: null,
      },
      readRows: { workflowId: victim.handle.workflowId, from: 0, limit: 1, waitSecs: 0 },
      awaitChild: { workflowId: victim.handle.workflowId, key: 'x' },
    };
    return inputs[activity] ?? {};
  };
  /** Those that serve only the runs of whoever calls. */
  const touching = (activity: string): boolean =>
    !/^validate|^doubtLookUps$|^findActionType$|^findReusable$|^isFollowed$|^readRows$/.test(activity);

  /** What SOAR was asked, but for the looks at the victim's run, which its own worker goes on with. */
  const asked = (): unknown =>
    Object.entries(harness.sim.counts().requests).filter(([route]) => !/^GET .rest.action_run(.:id)?$/.test(route));

  const alone = async (activity: string, input: unknown): Promise<unknown> =>
    harness.client.activity.execute(activity, {
      id: randomUUID(),
      taskQueue: harness.taskQueue,
      args: [input],
      startToCloseTimeout: '10s',
      retry: { maximumAttempts: 1 },
    });
  const byWorkflow = async (type: string, activity: string, input: unknown): Promise<unknown> =>
    harness.client.workflow.execute(type, {
      workflowId: `attack-${randomUUID()}`,
      taskQueue: foreign.taskQueue,
      args: [{ activity, input, taskQueue: harness.taskQueue }],
    });
  const refusalOf = async (call: Promise<unknown>): Promise<Refused> => {
    const error: unknown = await call.catch((caught: unknown) => caught);
    if (error instanceof ActivityExecutionFailedError || error instanceof WorkflowFailedError) return rootCause(error);
    throw new Error(`It was not refused: ${JSON.stringify(error)}`);
  };

  it('refuses to be started by itself, whichever it is, and asks SOAR nothing', async () => {
    const before = asked();
    const refused = await Promise.all(
      Object.keys(harness.activities).map(async (name) => [name, await refusalOf(alone(name, inputOf(name)))] as const),
    );
    for (const [name, { type, message }] of refused)
      expect({ name, type, message }).toMatchObject({
        type: 'SOAR_INVALID_REQUEST',
        message: expect.stringMatching(new RegExp(`^${name} is called by .* alone`)) as string,
      });
    expect(asked()).toEqual(before);
    expect(await statusOf(victim.actionRunId)).toBe('running');
  });

  it('refuses a workflow of another type', async () => {
    const cancel = byWorkflow('readRows', 'cancelActionRun', inputOf('cancelActionRun'));
    expect((await refusalOf(cancel)).message).toMatch(/^cancelActionRun is called by runAction, runActionGroup/);
    expect(await statusOf(victim.actionRunId)).toBe('running');
  });

  it('refuses a workflow that calls itself like ours and names a run that is not its own', async () => {
    const types = Object.values(WORKFLOW_TYPES);
    for (const activity of Object.keys(harness.activities).filter(touching)) {
      const messages = await Promise.all(
        types.map(async (type) => (await refusalOf(byWorkflow(type, activity, inputOf(activity)))).message),
      );
      // At least one of the types is one that may call it.
      expect(messages.filter((message) => /is not this workflow's/.test(message))).not.toEqual([]);
      expect(messages.filter((message) => !/is not this workflow's|alone, and not by itself/.test(message))).toEqual(
        [],
      );
    }
    expect(await statusOf(victim.actionRunId)).toBe('running');
    expect(harness.sim.counts().actionRuns).toBe(2);
  });

  it.each<[string, (of: Victim) => string]>([
    ['the whole name', ({ name }) => name],
    ['a part of the name', ({ name }) => name.slice(0, 20)],
    ['the tag without its end', ({ tag }) => `[${tag.slice(0, -1)}]`],
    ['the tag of one of a group', ({ tag }) => `[${tag}/0]`],
    ['one character', () => '['],
  ])('takes %s for no word that the run is the caller’s', async (_what, markOf) => {
    const input = { actionRunId: victim.actionRunId, mark: markOf(victim), origin: null };
    expect((await refusalOf(byWorkflow('runAction', 'cancelActionRun', input))).message).toMatch(
      /is not this workflow's/,
    );
    expect(await statusOf(victim.actionRunId)).toBe('running');
  });

  it.each<[string, string, unknown, RegExp]>([
    ['no mark', 'cancelActionRun', { actionRunId: 1, mark: '', origin: null }, /mark: must not be empty/],
    ['half a number', 'cancelActionRun', { actionRunId: 1.5, mark: 'x', origin: null }, /actionRunId/],
    ['no object', 'cancelActionRun', null, /cancelActionRun: /],
    [
      'more runs than a group has',
      'awaitActionRuns',
      {
        actionRunIds: Array.from({ length: 150_000 }, (_, n) => n + 1),
        ...{ indices: null, mark: 'x', origin: null, known: { approvals: [], problemAttempts: 0 } },
        ...{ as: 'many', watch: null },
      },
      /actionRunIds: must be at most 200/,
    ],
  ])('refuses %s by name', async (_what, activity, input, message) => {
    expect((await refusalOf(byWorkflow('runAction', activity, input))).message).toMatch(message);
  });

  it('does not tell where the worker is installed', async () => {
    const error: unknown = await alone('cancelActionRun', {}).catch((caught: unknown) => caught);
    expect(JSON.stringify((error as { cause?: { failure?: unknown } }).cause?.failure ?? null)).not.toContain('src/');
    expect(JSON.stringify((error as { cause?: { failure?: unknown } }).cause?.failure ?? null)).toContain('alone');
  });

  it('control: serves a workflow of ours', async () => {
    const handle = await harness.start(simulate({ seconds: 600 }));
    const { actionRunId } = await inPhase(handle, 'awaitingActionRun');
    await handle.signal('cancel');
    expect(await handle.result()).toMatchObject({ outcome: 'cancelled', actionRunId });
  });

  it('control: unguarded, it cancels another’s run for whoever starts it', async () => {
    const { soar, client, taskQueue } = harness;
    const temporal = createTemporalView(client, taskQueue);
    const unguarded = activitiesOf({ soar, loader: createRunStatusLoader(soar), temporal });
    const worker = await harness.worker({ activities: { ...unguarded } });
    const answer = await worker.runUntil(() => alone('cancelActionRun', inputOf('cancelActionRun')));
    expect(answer).toMatchObject({ accepted: true });
    expect(await statusOf(victim.actionRunId)).not.toBe('running');
    await harness.serve();
  });
});
