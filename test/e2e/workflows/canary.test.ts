import { randomBytes } from 'node:crypto';
import type { WorkflowHandle } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import { createHarness } from '../support/harness.js';
import type { Harness } from '../support/harness.js';
import { inPhase } from '../support/phases.js';
import { isSubmission, simulate } from '../support/requests.js';
import { startWorkerProcess } from '../support/worker-process.js';
import type { WorkerProcess } from '../support/worker-process.js';

const token = `canary-${randomBytes(12).toString('hex')}`;

/** A history as text, with every payload decoded. */
async function readable(handle: WorkflowHandle): Promise<string> {
  const json = historyToJSON(await handle.fetchHistory());
  return (
    json + json.replace(/"data": "([A-Za-z0-9+/=]+)"/g, (_all, data: string) => Buffer.from(data, 'base64').toString())
  );
}

describe('secrets (F15)', () => {
  let harness: Harness;
  let worker: WorkerProcess;
  let apiKey: string;

  beforeAll(async () => {
    let isFirst = true;
    const loseTheFirst = (request: Request): Promise<Response | undefined> => {
      if (!isFirst || !isSubmission(request)) return Promise.resolve(undefined);
      isFirst = false;
      // A proxy that repeats the request's headers in its error page, as some do.
      const headers = JSON.stringify(Object.fromEntries(request.headers));
      return Promise.resolve(new Response(`<html>502 ${headers}</html>`, { status: 502 }));
    };
    harness = await createHarness({ token, faults: { beforeHandle: loseTheFirst } });
    worker = await startWorkerProcess('product', harness.sim, harness.taskQueue, { LOG_LEVEL: 'debug' });
    apiKey = /"api_key":"([^"]+)"/.exec(await rest('asset/3'))?.[1] ?? '';
  });
  afterAll(async () => {
    await worker.kill();
    await harness.close();
  });

  const rest = async (path: string): Promise<string> =>
    (await fetch(`${harness.sim.url}/rest/${path}`, { headers: { 'ph-auth-token': token } })).text();

  const secretsIn = (text: string): string[] => [token, apiKey].filter((secret) => text.includes(secret));

  it('control: SOAR’s raw answers do carry one', async () => {
    expect(apiKey).not.toBe('');
    expect(secretsIn(await rest('asset/3'))).toEqual([apiKey]);
  });

  it('are in no history, no status, no result, no error and no log line', async () => {
    const request = simulate({});
    const blocked = { ...request, targets: request.targets.map((target) => ({ ...target, assets: ['lab-approval'] })) };
    const handles = [
      await harness.start(blocked, { settleSecs: 0.2 }),
      await harness.start({ ...request, targets: [] }),
    ];
    const [first] = handles;
    if (!first) throw new Error('No workflow was started.');
    const state = await inPhase(first, 'awaitingApproval');
    await first.signal('cancel');
    const ends = await Promise.all(handles.map((handle) => handle.result().catch((error: unknown) => error)));
    const texts = await Promise.all(handles.map(readable));
    expect(texts.join('')).toContain('awaitActionRun');
    expect(worker.output()).toContain('worker started');
    const everything = [...texts, JSON.stringify(state), JSON.stringify(ends), ...ends.map(String), worker.output()];
    expect(everything.flatMap(secretsIn)).toEqual([]);
  });
});
