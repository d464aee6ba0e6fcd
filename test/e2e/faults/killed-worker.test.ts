import { once, EventEmitter } from 'node:events';
import type { Storm, StormReport, Trigger } from './storm.js';
import { note, randomFrom, seeds } from './seeds.js';
import { isSubmission } from '../support/requests.js';
import { together } from '../support/together.js';
import { endure, TRIGGERS } from './storm.js';

const KILLS = 3;
const FEWEST_UNACKNOWLEDGED = 5;
const MOST_UNACKNOWLEDGED = 25;

/**
 * F1: three times, 5 to 25 POSTs are committed in SOAR while their answers are held back; the worker is killed at that
 * moment, and the answers go nowhere.
 */
function killsAtTheWorstMoment(jobs: number, seed: number, trigger: Trigger): Storm {
  const random = randomFrom(seed);
  const nextCount = (): number =>
    FEWEST_UNACKNOWLEDGED + Math.floor(random() * (MOST_UNACKNOWLEDGED - FEWEST_UNACKNOWLEDGED));
  let unacknowledged = nextCount();
  const posts = new EventEmitter();
  let held: (() => void)[] = [];
  let holding = true;
  return {
    jobs,
    trigger,
    faults: {
      beforeAnswer: async (request, response) => {
        if (!holding || !isSubmission(request)) return response;
        await new Promise<void>((release) => {
          held.push(release);
          if (held.length >= unacknowledged) posts.emit('enough');
        });
        return response;
      },
    },
    rage: async (restart) => {
      for (let kill = 0; kill < KILLS; kill++) {
        if (held.length < unacknowledged) await once(posts, 'enough');
        await restart();
        for (const release of held) release();
        held = [];
        unacknowledged = nextCount();
      }
      holding = false;
      for (const release of held) release();
    },
  };
}

const products = TRIGGERS.flatMap((trigger) => seeds().map((seed) => ({ trigger, seed })));
const nameOf = ({ trigger, seed }: (typeof products)[number]): string => `${trigger}, seed ${seed}`;

function exactlyOnce({ trigger, seed }: (typeof products)[number]): Promise<StormReport> {
  return endure('product', killsAtTheWorstMoment(100, seed, trigger));
}

function plainly(trigger: Trigger): Promise<StormReport> {
  return endure('plain-post', killsAtTheWorstMoment(40, 1, trigger));
}

describe('a worker killed while POSTs are committed and unacknowledged (F1)', () => {
  const reportOf = together(
    {
      ...Object.fromEntries(products.map((each) => [nameOf(each), () => exactlyOnce(each)])),
      ...Object.fromEntries(TRIGGERS.map((trigger) => [trigger, () => plainly(trigger)])),
    },
    2,
  );

  it.each(products)('runs every action exactly once (jobs $trigger, seed $seed)', async (each) => {
    const { results, ...report } = await reportOf(nameOf(each));
    note(`F1 ${each.trigger}`, report);
    expect(report).toMatchObject({ doubled: 0, lost: 0, stuck: 0 });
    if (each.trigger === 'alone') expect(results).toHaveLength(100);
  });

  it.each(TRIGGERS)('control: with a plain POST actions run twice (jobs %s)', async (trigger) => {
    const { results, ...report } = await reportOf(trigger);
    note(`F1 ${trigger}, control`, { ...report, ended: results.length });
    expect(report.doubled).toBeGreaterThan(0);
  });
});
