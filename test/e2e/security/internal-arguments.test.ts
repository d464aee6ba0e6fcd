import { randomUUID } from 'node:crypto';
import type { WorkflowHandle, WorkflowStartOptions } from '@temporalio/client';
import { WorkflowFailedError } from '@temporalio/client';
import { rootCause } from '../../../src/model/error-codes.js';
import { startForeignWorker } from '../support/foreign-worker.js';
import type { ForeignWorker } from '../support/foreign-worker.js';
import { createHarness } from '../support/harness.js';
import type { Harness } from '../support/harness.js';
import { eventually } from '../support/phases.js';
import { simulate } from '../support/requests.js';

const request = { ...simulate({}), targets: [{ app_id: 2, assets: ['lab'] }] };
const ownTag = (): string => `soar-runner:${randomUUID()}`;
const VICTIM = ownTag();

const group = (extra: object): object => {
  const runs = [{ target: {}, parameters: [{}] }];
  return { request, runs, options: {}, reuseWithinSecs: null, origin: null, ...extra };
};

/** What a batch hands over, with a run that has begun. */
const carried = (begun: object, extra: object = {}): object => ({
  key: 'soar-runner:x',
  origin: null,
  options: { itemsPerRun: 1, itemAttempts: 1, run: { settleSecs: 0 } },
  startTimeMs: 0,
  intake: { total: 1, distinct: 1, seen: [] },
  queue: {
    fresh: { places: [], items: [] },
    packs: [{ places: [[0, 1]], items: [{}], attempt: 1, begun }],
  },
  ledger: { succeeded: 0, failed: 0, reused: 0, runs: [], runsBytes: 0, runsOmitted: 0 },
  ...{ childrenStarted: 0, closed: true, paused: false, maxRunsInFlight: null },
  ...extra,
});

describe('what only we hand over', () => {
  let harness: Harness;
  let foreign: ForeignWorker;

  beforeAll(async () => {
    harness = await createHarness();
    await harness.serve();
    foreign = await startForeignWorker(harness);
  });
  afterAll(async () => {
    await foreign.rest();
    await harness.close();
    await foreign.close();
  });

  const submit = async (name: string): Promise<number> =>
    (await harness.soar.runAction(simulate({ seconds: 600 }, { name }))).action_run_id;
  const statusOf = async (id: number): Promise<string> => (await harness.soar.getActionRun(id)).status;
  const start = (type: string, args: unknown[], options: Partial<WorkflowStartOptions> = {}) =>
    harness.client.workflow.start(type, {
      workflowId: `attack-${randomUUID()}`,
      taskQueue: harness.taskQueue,
      ...options,
      args,
    });
  const asChild = async (type: string, ...args: unknown[]): Promise<WorkflowHandle> =>
    start('parent', [type, args, harness.taskQueue], { taskQueue: foreign.taskQueue });
  const failureOf = async (handle: WorkflowHandle): Promise<Error> => {
    const error: unknown = await handle.result().catch((caught: unknown) => caught);
    if (error instanceof WorkflowFailedError) return rootCause(error);
    throw new Error(`It did not fail: ${JSON.stringify(error)}`);
  };

  describe('a group that another workflow has started as its child', () => {
    it.each<[unknown, RegExp]>([
      [null, /^input: must be an object/],
      ['x', /^input: must be an object/],
      [{ request }, /^runs: must be a list of 1 to 100 runs/],
      [group({ runs: [null] }), /^runs: must be a list/],
      [group({ runs: [{ target: {}, parameters: [null] }] }), /^runs: must be a list/],
      [group({ request: { ...request, action: 5 } }), /^request: must be a request/],
      [group({ request: { action: 'x' } }), /^request: must be a request/],
      [group({ request: { ...request, container_id: { toString: 5 } } }), /^request: must be a request/],
      [group({ options: { timeoutSecs: 'soon' } }), /^options: must be options/],
      [group({ reuseWithinSecs: 'x' }), /^reuseWithinSecs: must be null or/],
      [group({ origin: {} }), /^origin: must be null or/],
    ])('with %j is refused by name', async (input, message) => {
      expect((await failureOf(await asChild('runActionGroup', input))).message).toMatch(message);
    });

    it('with assets that are none ends, and runs nothing', async () => {
      const runs = [{ target: { assets: [{}] }, parameters: [{}] }];
      const handle = await asChild('runActionGroup', group({ runs, reuseWithinSecs: 60 }));
      expect(await handle.result()).toMatchObject({ runs: [{ outcome: 'failed', actionRunId: null }] });
    });

    it('control: as a batch starts it runs', async () => {
      const handle = await asChild('runActionGroup', group({}));
      expect(await handle.result()).toMatchObject({ runs: [{ outcome: 'success' }] });
    });
  });

  describe('a submission that a group began', () => {
    it.each([
      ['no tag of ours', { tag: 'none', actionRunId: 1, sinceMs: 0 }],
      ['half a number', { tag: ownTag(), actionRunId: 1.5, sinceMs: 0 }],
      ['a negative number', { tag: ownTag(), actionRunId: -1, sinceMs: 0 }],
      ['no time', { tag: ownTag(), actionRunId: 1 }],
    ])('with %s is refused by name', async (_what, begun) => {
      const failure = await failureOf(await asChild('runAction', simulate({}), {}, begun));
      expect(failure.message).toMatch(/the third is what only a batch hands over/);
    });

    it.each([
      ['with the number of a foreign run', 'a playbook', ownTag(), 0],
      ['with the tag of another', `a playbook [${ownTag()}]`, ownTag(), 0],
      ['with the tag of the run itself, in the far future', `a run [${VICTIM}]`, VICTIM, 1e300],
      ['with the tag of one of a group', `a run [${VICTIM}/3]`, `${VICTIM}/3`, 0],
    ])('%s is refused to a workflow that no batch of ours has started', async (_what, name, tag, sinceMs) => {
      const actionRunId = await submit(name);
      for (const number of [actionRunId, null]) {
        const begun = { tag, actionRunId: number, sinceMs };
        const handle = await asChild('runAction', simulate({ seconds: 600 }), { settleSecs: 0.1 }, begun);
        expect((await failureOf(handle)).message).toMatch(/is not this workflow's/);
      }
      expect(await statusOf(actionRunId)).toBe('running');
    });
  });

  describe('what a batch carries', () => {
    const begun = { tag: ownTag(), actionRunId: 1, sinceMs: 0 };

    it.each([
      ['whole', carried(begun)],
      ['broken', { nothing: true }],
    ])('is refused of a cron schedule: %s', async (_what, given) => {
      const handle = await start('enrichBatch', [{ request }, given], { cronSchedule: '@every 2s' });
      await eventually(async () => {
        const runs = harness.client.workflow.list({ query: `WorkflowId = '${handle.workflowId}'` });
        let failed = 0;
        for await (const { status } of runs) failed += status.name === 'FAILED' ? 1 : 0;
        return failed >= 2 ? true : undefined;
      });
      await harness.client.workflow.getHandle(handle.workflowId).terminate();
      const child = harness.client.workflow.getHandle(`${handle.workflowId}/0`);
      await expect(child.describe()).rejects.toThrow(/not found/i);
    });

    it.each([
      ['whole', carried(begun)],
      ['broken', { nothing: true }],
    ])('is refused of another workflow type that goes on as a batch: %s', async (_what, given) => {
      const handle = await start('leave', [[{ request }, given], harness.taskQueue], { taskQueue: foreign.taskQueue });
      expect((await failureOf(handle)).message).toMatch(/the second is what only the workflow itself hands over/);
    });
  });

  describe('the rows of a workflow on another task queue', () => {
    it.each([
      ['enrichBatch', { distinct: 5, childrenStarted: 1e9 }],
      ['runAction', { outcome: 'success', appRuns: [{ id: 1, resultsOmitted: { count: 1e15 } }] }],
      ['runAction', { appRuns: [{ id: '../container/1?x=' }] }],
    ])('are not read: %s with %j', async (type, result) => {
      const evil = await start(type, [result], { taskQueue: foreign.taskQueue });
      await evil.result();
      const failure = await failureOf(await start('readRows', [{ workflowId: evil.workflowId }]));
      expect(failure.message).toMatch(/runs on another task queue/);
    });
  });

  it('ids that no workflow can have are refused by name', async () => {
    for (const workflowId of ['no-\ud800-such', 'x'.repeat(1_001), 'x'.repeat(1_000_000)])
      expect((await failureOf(await start('readRows', [{ workflowId }]))).message).toMatch(
        /^workflowId: must be whole/,
      );
    const unknown = await failureOf(await start('readRows', [{ workflowId: 'x'.repeat(1_000) }]));
    expect(unknown.message).toMatch(/^workflowId: there is no workflow/);
  });

  it('a batch whose children could have no ids is refused by name, and one that is just short enough runs', async () => {
    const args = [{ request, items: [{}] }];
    const tooLong = await start('enrichBatch', args, { workflowId: `${randomUUID()}${'b'.repeat(963)}` });
    expect((await failureOf(tooLong)).message).toMatch(/^workflow id: must be at most 990 bytes for a batch, was 999/);
    const longest = await start('enrichBatch', args, { workflowId: `${randomUUID()}${'b'.repeat(954)}` });
    expect(await longest.result()).toMatchObject({ outcome: 'success' });
  });

  it('names of a megabyte are cut in what is said of them', async () => {
    const name = 'x'.repeat(900_000);
    const cases: [string, unknown[], RegExp][] = [
      ['runAction', [simulate({}), { [name]: 1 }], /^options: must be at most 100000 bytes/],
      ['runAction', [simulate({}), { ['x'.repeat(9_000)]: 1 }], /^options\.x{150,200}… .*: is not known/],
      ['runAction', [{ ...simulate({}), [name]: 2 ** 60 }], /^request\.x{150,200}… .*: must be a whole number/],
      ['enrichBatch', [{ request, items: [{ [name]: 2 ** 60 }] }], /^items\[0\].*x{150,200}… .*: must be a whole/],
      ['enrichBatch', [{ request, items: [{}], [name]: 1 }], /^x{150,200}… .*: is not known/],
    ];
    for (const [type, args, message] of cases) {
      const failure = await failureOf(await start(type, args));
      expect(failure.message).toMatch(message);
      expect(failure.message.length).toBeLessThan(1_500);
    }
  });
});
