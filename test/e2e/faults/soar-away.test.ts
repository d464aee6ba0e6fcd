import { setTimeout as delay } from 'node:timers/promises';
import { createHarness } from '../support/harness.js';
import { eventually } from '../support/phases.js';
import { simulate } from '../support/requests.js';
import { together } from '../support/together.js';
import { note } from './seeds.js';

const JOBS = 50;
const AWAY_MS = 20_000;
/** The actions outlast the time in which SOAR is away, and the time that a busy machine takes to begin them all. */
const ACTION_SECS = 35;
const PROBE_INTERVAL_MS = 5_000;

/** What SOAR's proxy saw while SOAR was away, and how long the jobs took after the last action had ended. */
interface Outage {
  /** Requests that were on their way when the first 503 came. */
  readonly onTheirWay: number;
  /** Those that came later, when SOAR was known to be away. */
  readonly probes: number;
  readonly drainedMs: number;
}

/** F6: SOAR answers 503 for a while, with all jobs waiting for their actions to end. */
async function outage(breaker: boolean): Promise<Outage> {
  let isAway = false;
  const askedAtMs: number[] = [];
  const beforeHandle = (): Promise<Response | undefined> => {
    if (!isAway) return Promise.resolve(undefined);
    askedAtMs.push(Date.now());
    return Promise.resolve(new Response('away', { status: 503 }));
  };
  const harness = await createHarness({ faults: { beforeHandle }, breaker });
  try {
    return await harness.running(async () => {
      const handles = await Promise.all(
        Array.from({ length: JOBS }, () => harness.start(simulate({ seconds: ACTION_SECS }))),
      );
      await eventually(() => Promise.resolve(harness.sim.counts().actionRuns === JOBS || undefined));
      const lastBegunAtMs = Date.now();
      isAway = true;
      await delay(AWAY_MS);
      isAway = false;
      const results = await Promise.all(handles.map((handle) => handle.result()));
      expect(results.every(({ outcome }) => outcome === 'success')).toBe(true);
      const probesFromMs = (askedAtMs[0] ?? 0) + PROBE_INTERVAL_MS / 2;
      const probes = askedAtMs.filter((atMs) => atMs > probesFromMs).length;
      const drainedMs = Date.now() - lastBegunAtMs - ACTION_SECS * 1_000;
      return { onTheirWay: askedAtMs.length - probes, probes, drainedMs };
    });
  } finally {
    await harness.close();
  }
}

const outages = together({ breaker: () => outage(true), control: () => outage(false) });

describe('a SOAR that is away (F6)', () => {
  const MOST_PROBES = AWAY_MS / PROBE_INTERVAL_MS;

  it('is probed at most once in five seconds, and the jobs end soon after it is back', async () => {
    const seen = await outages('breaker');
    note('F6', seen);
    expect(seen.probes).toBeLessThanOrEqual(MOST_PROBES);
    expect(seen.onTheirWay).toBeLessThanOrEqual(JOBS);
    // Both run side by side: what the machine takes for fifty jobs is in both.
    const { drainedMs } = await outages('control');
    expect(seen.drainedMs - drainedMs).toBeLessThan(3 * PROBE_INTERVAL_MS);
  });

  it('control: without the shared circuit breaker it is hammered', async () => {
    const seen = await outages('control');
    note('F6 control', seen);
    expect(seen.probes).toBeGreaterThan(MOST_PROBES);
  });
});
