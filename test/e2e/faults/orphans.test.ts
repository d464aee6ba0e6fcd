import { setTimeout as delay } from 'node:timers/promises';
import { createLogger } from '../../../src/worker/logger.js';
import { sweepOrphans } from '../../../src/worker/orphans.js';
import type { OrphanPolicy } from '../../../src/worker/orphans.js';
import { OtherSoar, requireOwnQueue, workerIdentity } from '../../../src/worker/own-queue.js';
import { watchPresence } from '../../../src/worker/request-share.js';
import { NativeConnection } from '@temporalio/worker';
import { createHarness } from '../support/harness.js';
import type { Harness } from '../support/harness.js';
import { eventually, inPhase } from '../support/phases.js';
import { simulate } from '../support/requests.js';
import { testServer } from '../support/test-server.js';
import { together } from '../support/together.js';

const log = createLogger('silent');

const isCancelled = async ({ soar }: Harness): Promise<true | undefined> =>
  (await soar.getActionRun(1)).status === 'failed' ? true : undefined;

/** Terminates a run and lets a worker look for what it left. @returns the run's status then, and how long that took */
async function terminated(harness: Harness, policy: OrphanPolicy, until: (harness: Harness) => Promise<unknown>) {
  return harness.running(async () => {
    const handle = await harness.start(simulate({ seconds: 600 }));
    await inPhase(handle, 'awaitingActionRun');
    await handle.terminate('by a person');
    const startedAtMs = Date.now();
    const stop = sweepOrphans({ client: harness.client, taskQueue: harness.taskQueue, policy, log });
    await until(harness);
    const elapsedMs = Date.now() - startedAtMs;
    await stop();
    return { status: (await harness.soar.getActionRun(1)).status, elapsedMs };
  });
}

async function inHarness<T>(body: (harness: Harness) => Promise<T>): Promise<T> {
  const harness = await createHarness();
  return body(harness).finally(() => harness.close());
}

const untilCancelled = (harness: Harness) => eventually(() => isCancelled(harness));
/** Longer than the worker needs to cancel one. */
const forAWhile = () => delay(35_000);

const swept = together({
  cancel: () => inHarness((harness) => terminated(harness, 'cancel', untilCancelled)),
  report: () => inHarness((harness) => terminated(harness, 'report', forAWhile)),
  off: () => inHarness((harness) => terminated(harness, 'off', forAWhile)),
  'another queue': () =>
    inHarness((harness) =>
      inHarness((other) =>
        other.running(async () => {
          const handle = await other.start(simulate({ seconds: 600 }));
          await inPhase(handle, 'awaitingActionRun');
          const seen = await terminated(harness, 'cancel', untilCancelled);
          await handle.signal('cancel');
          await handle.result();
          return seen;
        }),
      ),
    ),
});

describe('the run of a workflow that was terminated', () => {
  it('is cancelled within a minute', async () => {
    expect((await swept('cancel')).elapsedMs).toBeLessThan(60_000);
  });

  it('is cancelled also while another task queue’s workflow follows a run of the same number', async () => {
    expect((await swept('another queue')).status).toBe('failed');
  });

  it.each<OrphanPolicy>(['report', 'off'])('control: with SOAR_ORPHANS=%s it goes on', async (policy) => {
    expect((await swept(policy)).status).toBe('running');
  });
});

describe('a worker that finds another SOAR’s worker on its task queue', () => {
  it('ends with a sentence that names both, and the older one stays', async () => {
    const connection = await NativeConnection.connect({ address: testServer().address });
    const of = (soar: string) => ({
      connection,
      namespace: 'default',
      taskQueue: `queue-${process.pid}`,
      identity: workerIdentity('a@b/c', soar),
    });
    const old = of('https://one.example.com');
    const oldPresence = watchPresence(old);
    await requireOwnQueue(oldPresence, old);
    await delay(5);
    const young = of('https://two.example.com');
    const youngPresence = watchPresence(young);
    const refusal: unknown = await requireOwnQueue(youngPresence, young).catch((error: unknown) => error);
    await youngPresence.stop();
    expect(refusal).toBeInstanceOf(OtherSoar);
    expect(String(refusal)).toMatch(/https:\/\/one\.example\.com.*https:\/\/two\.example\.com/);
    await requireOwnQueue(oldPresence, old);
    const same = of('https://one.example.com');
    const samePresence = watchPresence(same);
    await requireOwnQueue(samePresence, same);
    expect(samePresence.workers().size).toBeGreaterThanOrEqual(2);
    await Promise.all([oldPresence, samePresence].map((presence) => presence.stop()));
    await connection.close();
  }, 90_000);
});
