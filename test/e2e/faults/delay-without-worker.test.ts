import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { createHarness } from '../support/harness.js';
import type { Harness } from '../support/harness.js';
import { eventually, inPhase } from '../support/phases.js';
import { simulate } from '../support/requests.js';
import { startWorkerProcess } from '../support/worker-process.js';

const DELAY_SECS = 4;

/** The control: a script that waits in its own process before it POSTs. */
const IN_PROCESS_WAIT = `
  process.stdout.write('waiting');
  setTimeout(() => fetch(process.env.URL + '/rest/action_run', {
    method: 'POST', headers: { 'ph-auth-token': process.env.TOKEN }, body: process.env.BODY,
  }), ${DELAY_SECS * 1_000});`;

describe('a delay during which the process that waits is killed (F12)', () => {
  let harness: Harness;

  beforeEach(async () => {
    harness = await createHarness();
  });
  afterEach(() => harness.close());

  it('runs the action when it is due, and the next worker brings the result', async () => {
    const first = await startWorkerProcess('product', harness.sim, harness.taskQueue);
    const handle = await harness.start(simulate({}, { exec_delay_secs: DELAY_SECS }));
    const { actionRunId } = await inPhase(handle, 'delayed');
    await first.kill();
    await eventually(async () =>
      (await harness.soar.getActionRun(actionRunId ?? 0)).status === 'success' ? true : undefined,
    );
    const second = await startWorkerProcess('product', harness.sim, harness.taskQueue);
    expect(await handle.result()).toMatchObject({ outcome: 'success', submissions: 1 });
    await second.kill();
  });

  it('control: a wait in the process itself is gone with it', async () => {
    const body = JSON.stringify(simulate({}));
    const child = spawn(process.execPath, ['-e', IN_PROCESS_WAIT], {
      env: { ...process.env, URL: harness.sim.url, TOKEN: harness.sim.token, BODY: body },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
    await delay(DELAY_SECS * 1_000 + 1_000);
    expect(harness.sim.counts().actionRuns).toBe(0);
  });
});
