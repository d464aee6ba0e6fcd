import { note, randomFrom, seeds } from './seeds.js';
import { isSubmission } from '../support/requests.js';
import { endure, TRIGGERS } from './storm.js';
import type { Storm, Trigger } from './storm.js';

/** F2: SOAR queues the action and the connection breaks before its answer, for one POST in ten. */
function losesAcknowledgements(jobs: number, seed: number, trigger: Trigger): Storm {
  const random = randomFrom(seed);
  const beforeAnswer = (request: Request, response: Response): Promise<Response | 'drop'> =>
    Promise.resolve(isSubmission(request) && random() < 0.1 ? 'drop' : response);
  return { jobs, trigger, faults: { beforeAnswer } };
}

describe.each(TRIGGERS)('acknowledgements that get lost (F2), jobs %s', (trigger) => {
  it.each(seeds())('run every action exactly once (seed %i)', async (seed) => {
    const { results, ...report } = await endure('product', losesAcknowledgements(100, seed, trigger));
    note(`F2 ${trigger}`, report);
    expect(report).toMatchObject({ doubled: 0, lost: 0, stuck: 0 });
    if (trigger === 'alone') expect(results).toHaveLength(100);
  });

  it('control: with a plain POST actions run twice', async () => {
    const { results, ...report } = await endure('plain-post', losesAcknowledgements(100, 1, trigger));
    note(`F2 ${trigger}, control`, { ...report, ended: results.length });
    expect(report.doubled).toBeGreaterThan(0);
  });
});
