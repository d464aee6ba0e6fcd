import { existsSync, writeFileSync } from 'node:fs';
import { UserError } from '../../../../src/cli/errors.js';
import { sendPilot } from '../../../../src/cli/job/pilot.js';
import { prepareFromFile } from '../../../../src/cli/job/prepare.js';
import type { PreparedJob } from '../../../../src/cli/job/prepare.js';
import type { JobSpec } from '../../../../src/cli/job/spec.js';
import type { BatchProgress, BatchRun, EnrichBatchResult } from '../../../../src/contracts/enrich-batch.js';
import { Scratch } from '../support/scratch.js';

let scratch: Scratch;
let job: PreparedJob | undefined;
beforeEach(() => {
  scratch = new Scratch();
});
afterEach(async () => {
  await job?.close();
  await scratch.remove();
});

const SPEC: JobSpec = {
  source: { kind: 'file', path: 'in', format: 'list' },
  mapping: { parameter: 'ip', perRow: [] },
  rules: {},
  target: { action: 'geolocate ip', asset: 'nope', container: '99' },
  options: {},
  outputs: [],
  stayUp: false,
  worker: true,
};

const RESULT: EnrichBatchResult = {
  outcome: 'cancelled',
  total: 1,
  distinct: 1,
  succeeded: 0,
  failed: 1,
  reused: 0,
  childrenStarted: 1,
  runs: [],
  runsOmitted: 0,
};
const PROGRESS: BatchProgress = {
  total: 1,
  distinct: 1,
  done: 0,
  succeeded: 0,
  failed: 0,
  reused: 0,
  itemsWaiting: 0,
  runsInFlight: 1,
  childrenStarted: 1,
  closed: false,
  paused: false,
  cancelRequested: false,
  startTime: '',
  itemsPerSecond: 0,
  secondsLeft: null,
};

/** Sends the pilot of a job on two addresses; its run ends as told. */
async function pilot(
  run: Partial<BatchRun>,
  over: Partial<JobSpec> = {},
): Promise<{ sent: unknown[]; cancelled: number }> {
  writeFileSync(scratch.at('in'), 'ip,asset\n8.8.8.8,\n1.1.1.1,\n');
  const spec = { ...SPEC, ...over };
  const file = { name: 'in', path: scratch.at('in'), format: 'csv' } as const;
  job = await prepareFromFile(scratch.at('jobs'), spec, () => Promise.resolve({ kinds: ['ip'] }), file);
  const seen: { sent: unknown[]; cancelled: number } = { sent: [], cancelled: 0 };
  const ended: BatchRun = {
    workflowId: 'b/0',
    items: [[0, 1]],
    actionRunId: 7,
    appRunIds: [],
    outcome: 'failed',
    message: '',
    ...run,
  };
  const batch = {
    addItems: (items: readonly unknown[]) => Promise.resolve(void seen.sent.push(...items)),
    runs: () => Promise.resolve([ended]),
    result: () => Promise.resolve(RESULT),
    cancel: () => Promise.resolve(void (seen.cancelled += 1)),
  };
  await sendPilot(batch, job, { next: () => Promise.resolve(PROGRESS) }, new Promise(() => undefined));
  return seen;
}

const ONE = { sent: [{ ip: '8.8.8.8' }], cancelled: 0 };

describe('the first item of a batch', () => {
  it.each<[string, Partial<BatchRun>, RegExp]>([
    [
      'asset',
      { message: 'app MaxMind has no asset nope' },
      /check --asset nope in SOAR .*; then the same command goes on\./,
    ],
    [
      'container',
      { message: 'container 99 not found' },
      /check that container 99 exists, or name another with --container/,
    ],
    ['action', { message: 'app X has no action "geolocate ip"' }, /check that an app in SOAR offers "geolocate ip"/],
    ['right to run', { message: '403 Forbidden', actionRunId: null }, /check what the user of the token may do/],
  ])('stops it for want of the %s, and leaves no job behind', async (_what, run, says) => {
    const stopped = pilot(run);
    await expect(stopped).rejects.toBeInstanceOf(UserError);
    await expect(stopped).rejects.toThrow(says);
    expect(existsSync(job?.folder.path ?? '')).toBe(false);
  });

  it.each<[string, Partial<BatchRun>, Partial<JobSpec>]>([
    ['it succeeds', { outcome: 'success', appRunIds: [3] }, {}],
    ['the app says that it failed', { appRunIds: [3], message: 'no asset' }, {}],
    ['SOAR names its value', { message: 'no such address: 8.8.8.8' }, {}],
    ['SOAR names a parameter', { message: 'Parameter ip has no value' }, {}],
    ['somebody denies it', { outcome: 'denied' }, {}],
  ])('lets the others follow where %s', async (_what, run, over) => {
    expect(await pilot(run, over)).toEqual(ONE);
    expect((await job?.results.checkpoint())?.sent).toBe(1);
  });

  it.each<[string, Partial<JobSpec>]>([
    ['the caller wants to go on', { keepGoing: true }],
    ['each row says where it runs', { mapping: { parameter: 'ip', perRow: ['asset'] } }],
  ])('does not go alone where %s', async (_what, over) => {
    expect(await pilot({}, over)).toEqual({ sent: [], cancelled: 0 });
  });

  it('tells of the workflow id that the caller has to choose anew', async () => {
    await expect(pilot({ message: 'no asset' }, { workflowId: 'mine' })).rejects.toThrow('with another --workflow-id');
  });
});
