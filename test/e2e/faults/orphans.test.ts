import { setTimeout as delay } from 'node:timers/promises';
import { createLogger } from '../../../src/worker/logger.js';
import { sweepOrphans } from '../../../src/worker/orphans.js';
import type { OrphanPolicy } from '../../../src/worker/orphans.js';
import { OtherSoar, requireOwnQueue, watchPresence, workerIdentity } from '../../../src/worker/presence.js';
import { NativeConnection } from '@temporalio/worker';
import { createHarness } from '../support/harness.js';
import type { Harness } from '../support/harness.js';
import { eventually, inPhase } from '../support/phases.js';
import { simulate } from '../support/requests.js';
import { testServer } from '../support/test-server.js';

const log = createLogger('silent');

/** Terminates a run and lets a worker look for what it left. */
async function terminated(harness: Harness, policy: OrphanPolicy, until: () => Promise<unknown>): Promise<void> {
  await harness.running(async () => {
    const handle = await harness.start(simulate({ seconds: 600 }));
    await inPhase(handle, 'awaitingActionRun');
    await handle.terminate('by a person');
    const stop = sweepOrphans({ client: harness.client, taskQueue: harness.taskQueue, policy, log });
    await until();
    await stop();
  });
}

describe('the run of a workflow that was terminated', () => {
  let harness: Harness;

  beforeEach(async () => {
    harness = await createHarness();
  });
  afterEach(() => harness.close());

  const isCancelled = async (): Promise<true | undefined> =>
    (await harness.soar.getActionRun(1)).status === 'failed' ? true : undefined;

  it('is cancelled within a minute', async () => {
    const startedAtMs = Date.now();
    await terminated(harness, 'cancel', () => eventually(isCancelled));
    expect(Date.now() - startedAtMs).toBeLessThan(60_000);
  }, 90_000);

  it('is cancelled also while another task queue’s workflow follows a run of the same number', async () => {
    const other = await createHarness();
    await other.running(async () => {
      const handle = await other.start(simulate({ seconds: 600 }));
      await inPhase(handle, 'awaitingActionRun');
      await terminated(harness, 'cancel', () => eventually(isCancelled));
      await handle.signal('cancel');
      await handle.result();
    });
    await other.close();
  }, 90_000);

  it.each<OrphanPolicy>(['report', 'off'])(
    'control: with SOAR_ORPHANS=%s it goes on',
    async (policy) => {
      await terminated(harness, policy, () => delay(35_000));
      expect((await harness.soar.getActionRun(1)).status).toBe('running');
    },
    90_000,
  );
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
