import { setTimeout as delay } from 'node:timers/promises';
import { REQUEST_TIMEOUT_MS } from '../../../src/model/timeouts-and-intervals.js';
import { note, randomFrom, seeds } from './seeds.js';
import { isSubmission } from '../support/requests.js';
import { together } from '../support/together.js';
import { endure, TRIGGERS } from './storm.js';
import type { Storm, StormReport, Trigger } from './storm.js';

/** F3: one POST in five sits in a proxy beyond the client's own timeout and reaches SOAR `lateByMs` after it. */
function commitsLate(jobs: number, seed: number, lateByMs: number): Storm {
  const random = randomFrom(seed);
  const late = new Map<string, Promise<void>>();
  const beforeHandle = async (request: Request): Promise<undefined> => {
    if (!isSubmission(request)) return undefined;
    const name = /"name":"[^"]*"/.exec(await request.text())?.[0] ?? '';
    // Only the first POST of a job is late: the second one is the product's own.
    if (late.has(name) || random() >= 0.2) return undefined;
    const arrival = delay(REQUEST_TIMEOUT_MS + lateByMs);
    late.set(name, arrival);
    await arrival;
    return undefined;
  };
  return { jobs, faults: { beforeHandle }, calm: () => Promise.all(late.values()) };
}

/** Within the settle time, with a kill in between. */
function inTime(trigger: Trigger, seed: number): Promise<StormReport> {
  const rage = async (restart: () => Promise<void>): Promise<void> => {
    await delay(2_000);
    await restart();
  };
  return endure('product', { ...commitsLate(100, seed, 4_000), trigger, rage, options: { settleSecs: 10 } });
}

function unsettled(trigger: Trigger): Promise<StormReport> {
  return endure('product', { ...commitsLate(50, 1, 9_000), trigger, options: { settleSecs: 0 } });
}

function tooLate(seed: number): Promise<StormReport> {
  return endure('product', { ...commitsLate(50, seed, 20_000), seconds: 30, options: { settleSecs: 2 } });
}

describe('POSTs that SOAR commits after the client has given up (F3)', () => {
  const cases = TRIGGERS.flatMap((trigger) => seeds().map((seed) => ({ trigger, seed })));
  const reportOf = together(
    {
      ...Object.fromEntries(cases.map(({ trigger, seed }) => [`${trigger} ${seed}`, () => inTime(trigger, seed)])),
      ...Object.fromEntries(TRIGGERS.map((trigger) => [trigger, () => unsettled(trigger)])),
      ...Object.fromEntries(seeds().map((seed) => [`too late ${seed}`, () => tooLate(seed)])),
    },
    2,
  );

  it.each(cases)(
    'are waited for within the settle time, also over a kill (jobs $trigger, seed $seed)',
    async ({ trigger, seed }) => {
      const { results, ...report } = await reportOf(`${trigger} ${seed}`);
      note(`F3a ${trigger}`, report);
      expect(report).toMatchObject({ doubled: 0, lost: 0, stuck: 0 });
      if (trigger === 'alone') expect(results).toHaveLength(100);
    },
  );

  it.each(TRIGGERS)('control: without the settle time they run twice (jobs %s)', async (trigger) => {
    const { results, ...report } = await reportOf(trigger);
    note(`F3a ${trigger}, control`, { ...report, ended: results.length });
    expect(report.doubled).toBeGreaterThan(0);
  });

  it.each(seeds())('are found, cancelled and reported when they come later still (seed %i)', async (seed) => {
    const { results, ...report } = await reportOf(`too late ${seed}`);
    note('F3b', report);
    const doubtful = results.filter(({ submissions }) => submissions > 1);
    expect(doubtful).not.toHaveLength(0);
    expect(doubtful.map(({ surplusRuns }) => surplusRuns)).toEqual(
      doubtful.map(() => [
        {
          actionRunId: expect.any(Number) as number,
          cancel: { accepted: true, message: expect.any(String) as string },
        },
      ]),
    );
    expect(report).toMatchObject({ doubled: doubtful.length, lost: 0, stuck: 0 });
  });
});
