import fc from 'fast-check';
import { readBegun } from '../../../../src/model/submission-tag.js';
import { followUp, placesOf } from '../../../../src/workflows/batch/retry.js';
import type { Pack } from '../../../../src/workflows/batch/retry.js';
import { fromRanges, toRanges } from '../../../../src/model/ranges.js';

const places = fc.uniqueArray(fc.nat(500), { minLength: 1, maxLength: 60 }).map((some) => some.sort((a, b) => a - b));
const packOf = (some: readonly number[], attempt = 1): Pack => ({
  entries: some.map((place) => ({ place, item: { place } })),
  attempt,
});
const packs = fc.tuple(places, fc.integer({ min: 1, max: 5 })).map(([some, attempt]) => packOf(some, attempt));

describe('places', () => {
  it('are kept as ranges without losing one, in any order', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(50)), (some) => {
        expect(fromRanges(toRanges(some), some.length)).toEqual(some);
      }),
    );
  });
});

describe('what a finished run leaves to do', () => {
  it('accounts for every item exactly once', () => {
    const outcomes = fc.record({
      answered: fc.nat(80),
      mayRetry: fc.boolean(),
      mayRunRest: fc.boolean(),
      failures: fc.uniqueArray(fc.nat(80)).map((some) => new Set(some)),
    });
    fc.assert(
      fc.property(packs, outcomes, fc.integer({ min: 1, max: 6 }), (pack, outcome, itemAttempts) => {
        const { succeeded, failed, again } = followUp(pack, outcome, itemAttempts);
        const accounted = [...succeeded, ...failed, ...again.flatMap(({ entries }) => entries)];
        expect(accounted.map(({ place }) => place).sort((a, b) => a - b)).toEqual(placesOf(pack));
      }),
    );
  });

  it('comes to an end: halving finds the one bad item, and nothing else fails', () => {
    fc.assert(
      fc.property(packs, fc.nat(), (pack, pick) => {
        const all = placesOf(pack);
        const bad = all[pick % all.length];
        const waiting = [pack];
        const failed: number[] = [];
        let runs = 0;
        for (let next = waiting.shift(); next; next = waiting.shift(), runs++) {
          const answered = placesOf(next).some((place) => place === bad) ? 0 : next.entries.length;
          const follow = followUp(next, { answered, mayRetry: true, mayRunRest: true, failures: new Set() }, 1);
          failed.push(...follow.failed.map(({ place }) => place));
          waiting.push(...follow.again);
        }
        expect(failed).toEqual([bad]);
        expect(runs).toBeLessThanOrEqual(2 * Math.ceil(Math.log2(all.length)) + 1);
      }),
    );
  });

  it('runs failed items again up to itemAttempts times, and no more', () => {
    const outcome = { answered: 3, mayRetry: true, mayRunRest: false, failures: new Set([1]) };
    const [first, second, third] = packOf([10, 11, 12]).entries;
    expect(followUp(packOf([10, 11, 12]), outcome, 2)).toEqual({
      succeeded: [first, third],
      failed: [],
      again: [{ entries: [second], attempt: 2 }],
    });
    expect(followUp(packOf([10, 11, 12], 2), outcome, 2)).toEqual({
      succeeded: [first, third],
      failed: [second],
      again: [],
    });
  });

  it('runs the items behind the last result by themselves, or counts them as failed', () => {
    const outcome = { answered: 2, mayRetry: true, failures: new Set([1]) };
    const pack = packOf([10, 11, 12, 13]);
    const [first, second, third, fourth] = pack.entries;
    expect(followUp(pack, { ...outcome, mayRunRest: true }, 1)).toEqual({
      succeeded: [first],
      failed: [second],
      again: [{ entries: [third, fourth], attempt: 1 }],
    });
    expect(followUp(pack, { ...outcome, mayRunRest: false }, 1)).toEqual({
      succeeded: [first],
      failed: [second, third, fourth],
      again: [],
    });
  });
});

describe('a submission that somebody else began', () => {
  it('is read from what a batch hands over, and from nothing else', () => {
    const begun = { tag: 'soar-runner:01a2b3c4-0000-4000-8000-000000000001/3', actionRunId: 7, sinceMs: 5 };
    expect(readBegun(begun)).toEqual(begun);
    expect(readBegun({ ...begun, actionRunId: undefined })).toEqual({ ...begun, actionRunId: null });
    const wrong = [
      ...[{ tag: 5 }, { tag: 'none' }, { tag: `${begun.tag}]` }, { tag: 'soar-runner:1/3' }],
      ...[{ actionRunId: 1.5 }, { actionRunId: -1 }, { actionRunId: 2 ** 53 }, { actionRunId: '../container/1' }],
      ...[{ sinceMs: null }, { sinceMs: -1 }, { sinceMs: NaN }],
    ].map((field) => ({ ...begun, ...field }));
    for (const value of [undefined, null, 'tag', [], ...wrong]) expect(readBegun(value)).toBeUndefined();
  });
});
