import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { createLogger } from '../../../src/worker/logger.js';
import { sweepOrphans } from '../../../src/worker/orphans.js';
import type { OrphanPolicy } from '../../../src/worker/orphans.js';
import { OtherSoar, requireOwnQueue, workerIdentity } from '../../../src/worker/own-queue.js';
import { watchPresence } from '../../../src/worker/request-share.js';
import type { Presence } from '../../../src/worker/request-share.js';
import { NativeConnection } from '@temporalio/worker';
import pino from 'pino';
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
  let connection: NativeConnection;
  let taskQueue: string;
  const presences: Presence[] = [];

  beforeEach(async () => {
    connection = await NativeConnection.connect({ address: testServer().address });
    taskQueue = `queue-${randomUUID()}`;
  });
  afterEach(async () => {
    await Promise.all(presences.splice(0).map((presence) => presence.stop()));
    await connection.close();
  });

  /** Announces a worker as one that starts does; what keeps it from starting, if anything, and what it logs. */
  const started = async (soar: string, lines: string[] = []) => {
    const options = { connection, namespace: 'default', taskQueue, identity: workerIdentity('a@b/c', soar) };
    const presence = watchPresence(options);
    presences.push(presence);
    const log = pino({ level: 'warn' }, { write: (line) => void lines.push(line) });
    const refusal: unknown = await requireOwnQueue(presence, options, log).catch((error: unknown) => error);
    // Whoever starts next is younger.
    await delay(5);
    return { ...options, presence, refusal };
  };
  const [ONE, TWO] = ['https://one.example.com', 'https://two.example.com'];

  it('ends with a sentence that names both, and the older one stays', async () => {
    const old = await started(ONE);
    const ended = new AbortController();
    const { identity } = old;
    const poll = { namespace: 'default', taskQueue: { name: taskQueue }, identity };
    const polling = connection
      .withAbortSignal(ended.signal, () => connection.workflowService.pollWorkflowTaskQueue(poll))
      .catch(() => undefined);
    const { refusal } = await started(TWO);
    expect(refusal).toBeInstanceOf(OtherSoar);
    expect(String(refusal)).toMatch(/https:\/\/one\.example\.com.*https:\/\/two\.example\.com/);
    const same = await started(ONE);
    expect(same.refusal).toBeUndefined();
    expect(same.presence.workers().size).toBeGreaterThanOrEqual(2);
    ended.abort();
    await polling;
  }, 120_000);

  it('says so, waits, and starts if nobody of that name takes work: an announcement can be forged', async () => {
    await started(ONE);
    const lines: string[] = [];
    const { refusal } = await started(TWO, lines);
    expect(refusal).toBeUndefined();
    expect(lines.join('')).toMatch(/announces itself[^]*nobody of that name takes work/);
  }, 90_000);
});
