import { once, EventEmitter } from 'node:events';
import type { Storm } from './storm.js';
import { note, seeds } from './seeds.js';
import { isSubmission } from '../support/requests.js';
import { endure } from './storm.js';

const KILLS = 3;
const UNACKNOWLEDGED = 5;

/**
 * F1: three times, five POSTs are committed in SOAR while their answers are held back; the worker is killed at that
 * moment, and the answers go nowhere.
 */
function killsAtTheWorstMoment(jobs: number): Storm {
  const posts = new EventEmitter();
  let held: (() => void)[] = [];
  let holding = true;
  return {
    jobs,
    faults: {
      beforeAnswer: async (request, response) => {
        if (!holding || !isSubmission(request)) return response;
        await new Promise<void>((release) => {
          held.push(release);
          if (held.length >= UNACKNOWLEDGED) posts.emit('enough');
        });
        return response;
      },
    },
    rage: async (restart) => {
      for (let kill = 0; kill < KILLS; kill++) {
        if (held.length < UNACKNOWLEDGED) await once(posts, 'enough');
        await restart();
        for (const release of held) release();
        held = [];
      }
      holding = false;
      for (const release of held) release();
    },
  };
}

describe('a worker killed while POSTs are committed and unacknowledged (F1)', () => {
  it.each(seeds())('runs every action exactly once (seed %i)', async () => {
    const { results, ...report } = await endure('product', killsAtTheWorstMoment(100));
    note('F1', report);
    expect(report).toMatchObject({ doubled: 0, lost: 0, stuck: 0 });
    expect(results).toHaveLength(100);
  });

  it('control: with a plain POST actions run twice', async () => {
    const { results, ...report } = await endure('plain-post', killsAtTheWorstMoment(40));
    note('F1 control', { ...report, jobs: results.length });
    expect(report.doubled).toBeGreaterThan(0);
  });
});
