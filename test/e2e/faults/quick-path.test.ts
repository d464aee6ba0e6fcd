import type { RunActionResult } from '../../../src/contracts/run-action.js';
import { createHarness } from '../support/harness.js';
import { isSubmission, simulate } from '../support/requests.js';
import { together } from '../support/together.js';
import { startWorkerProcess } from '../support/worker-process.js';
import type { WorkerKind, WorkerProcess } from '../support/worker-process.js';

/** The requests of a run that ends at once, in their order: what of it is on record when the worker dies differs in each. */
const MOMENTS: readonly (readonly [moment: string, isIt: (request: Request) => boolean])[] = [
  ['its POST', isSubmission],
  ['the first look', ({ method, url }) => method === 'GET' && /\/rest\/action_run\/\d+$/.test(new URL(url).pathname)],
  ['the look at its app_runs', ({ url }) => new URL(url).pathname.endsWith('/app_runs')],
  ['the look at its results', ({ url }) => new URL(url).pathname.endsWith('/action_result')],
];

/** Kills the worker when SOAR has done what it was asked for, before it can answer; another worker takes over. */
async function killedIn(kind: WorkerKind, isMoment: (request: Request) => boolean) {
  let worker: WorkerProcess | undefined;
  let kills = 0;
  const beforeAnswer = async (request: Request, response: Response): Promise<Response> => {
    if (!isMoment(request) || kills > 0) return response;
    kills += 1;
    await worker?.kill();
    worker = await startWorkerProcess(kind, harness.sim, harness.taskQueue);
    return response;
  };
  const harness = await createHarness({ faults: { beforeAnswer } });
  try {
    worker = await startWorkerProcess(kind, harness.sim, harness.taskQueue);
    const handle = await harness.start(simulate({}), { settleSecs: 1, whenUncertain: 'resubmit' });
    const result: RunActionResult = await handle.result();
    return { result, kills, actionRuns: harness.sim.counts().actionRuns };
  } finally {
    await worker?.kill();
    await harness.close();
  }
}

const fates = together({
  ...Object.fromEntries(MOMENTS.map(([moment, isIt]) => [moment, () => killedIn('product', isIt)])),
  control: () => killedIn('plain-post', isSubmission),
});

describe('a worker that is killed in', () => {
  it.each(MOMENTS)('%s leaves one run in SOAR, and the next worker brings its results', async (moment) => {
    const { result, kills, actionRuns } = await fates(moment);
    expect(kills).toBe(1);
    expect(actionRuns).toBe(1);
    expect(result).toMatchObject({ outcome: 'success', submissions: 1, appRuns: [{ results: [{}] }] });
  });

  it('control: its POST, with a plain POST, makes SOAR run the action twice', async () => {
    expect((await fates('control')).actionRuns).toBe(2);
  });
});
