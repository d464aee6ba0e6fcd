import fc from 'fast-check';
import { followUp, fromRanges, packAll, toRanges } from '../../../src/model/batch-queue.js';
import type { Pack } from '../../../src/model/batch-queue.js';

const packs = fc
  .tuple(fc.uniqueArray(fc.nat(500), { minLength: 1, maxLength: 60 }), fc.integer({ min: 1, max: 5 }))
  .map(([places, attempt]): Pack => ({ places: places.sort((a, b) => a - b), attempt }));

describe('packing', () => {
  it('puts every item in one pack, in order, none too large', () => {
    fc.assert(
      fc.property(fc.nat(2_000), fc.integer({ min: 1, max: 300 }), (count, itemsPerRun) => {
        const all = packAll(count, itemsPerRun);
        expect(all.flatMap(({ places }) => places)).toEqual(Array.from({ length: count }, (_, place) => place));
        expect(all.every(({ places }) => places.length > 0 && places.length <= itemsPerRun)).toBe(true);
      }),
    );
  });

  it('keeps places as ranges without losing one', () => {
    fc.assert(
      fc.property(packs, ({ places }) => {
        expect(fromRanges(toRanges(places))).toEqual(places);
      }),
    );
  });
});

describe('what a finished run leaves to do', () => {
  it('accounts for every item exactly once', () => {
    fc.assert(
      fc.property(
        packs,
        fc.boolean(),
        fc.boolean(),
        fc.uniqueArray(fc.nat(80)),
        fc.integer({ min: 1, max: 6 }),
        (...given) => {
          const [pack, ranItems, mayRetry, failures, itemAttempts] = given;
          const { succeeded, failed, again } = followUp(
            pack,
            { ranItems, mayRetry, failures: new Set(failures) },
            itemAttempts,
          );
          const accounted = [...succeeded, ...failed, ...again.flatMap(({ places }) => places)].sort((a, b) => a - b);
          expect(accounted).toEqual(pack.places);
        },
      ),
    );
  });

  it('comes to an end: halving finds the one bad item, and nothing else fails', () => {
    fc.assert(
      fc.property(packs, fc.nat(), (pack, pick) => {
        const bad = pack.places[pick % pack.places.length];
        const waiting = [pack];
        const failed: number[] = [];
        let runs = 0;
        for (let next = waiting.shift(); next; next = waiting.shift(), runs++) {
          const ranItems = !next.places.some((place) => place === bad);
          const follow = followUp(next, { ranItems, mayRetry: true, failures: new Set() }, 1);
          failed.push(...follow.failed);
          waiting.push(...follow.again);
        }
        expect(failed).toEqual([bad]);
        expect(runs).toBeLessThanOrEqual(2 * Math.ceil(Math.log2(pack.places.length)) + 1);
      }),
    );
  });

  it('runs failed items again up to itemAttempts times, and no more', () => {
    const outcome = { ranItems: true, mayRetry: true, failures: new Set([1]) };
    const pack = { places: [10, 11, 12], attempt: 1 };
    expect(followUp(pack, outcome, 2)).toEqual({
      succeeded: [10, 12],
      failed: [],
      again: [{ places: [11], attempt: 2 }],
    });
    expect(followUp({ ...pack, attempt: 2 }, outcome, 2)).toEqual({ succeeded: [10, 12], failed: [11], again: [] });
  });
});
