import fc from 'fast-check';
import { readBegun } from '../../../../src/model/submission-tag.js';
import { followUp, placesOf } from '../../../../src/workflows/batch/retry.js';
import type { Pack } from '../../../../src/workflows/batch/retry.js';
import { fromRanges, toRanges } from '../../../../src/model/batch/ranges.js';

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

const NOTHING = {
  succeeded: new Set<number>(),
  failed: new Set<number>(),
  unread: new Set<number>(),
  isReplaced: false,
};
const upTo = (count: number): Set<number> => new Set(Array.from({ length: count }, (_, place) => place));
const placesBy = (fates: readonly string[]) => {
  const of = (fate: string) => new Set(fates.flatMap((own, place) => (own === fate ? [place] : [])));
  return { succeeded: of('succeeded'), failed: of('failed'), unread: of('unread') };
};

describe('what a finished run leaves to do', () => {
  it('accounts for every item exactly once', () => {
    const outcomes = fc.record({
      ...{ mayRetry: fc.boolean(), mayRunRest: fc.boolean(), isReplaced: fc.boolean() },
      fates: fc.array(fc.constantFrom('succeeded', 'failed', 'unread', 'none'), { minLength: 501, maxLength: 501 }),
    });
    fc.assert(
      fc.property(packs, outcomes, fc.integer({ min: 1, max: 6 }), (pack, outcome, itemAttempts) => {
        const { succeeded, failed, again } = followUp(pack, { ...outcome, ...placesBy(outcome.fates) }, itemAttempts);
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
          const outcome = { ...NOTHING, succeeded: upTo(answered), mayRetry: true, mayRunRest: true };
          const follow = followUp(next, outcome, 1);
          failed.push(...follow.failed.map(({ place }) => place));
          waiting.push(...follow.again);
        }
        expect(failed).toEqual([bad]);
        expect(runs).toBeLessThanOrEqual(2 * Math.ceil(Math.log2(all.length)) + 1);
      }),
    );
  });

  it('runs failed items again up to itemAttempts times, and no more', () => {
    const outcome = { ...NOTHING, succeeded: new Set([0, 2]), failed: new Set([1]), mayRetry: true, mayRunRest: false };
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
    const outcome = { ...NOTHING, succeeded: new Set([0]), failed: new Set([1]), mayRetry: true };
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

describe('what SOAR says nothing of', () => {
  const pack = packOf([10, 11]);
  it('has been run, and is not run again: a result that nobody can read', () => {
    const outcome = { ...NOTHING, succeeded: new Set([0]), unread: new Set([1]), mayRetry: true, mayRunRest: true };
    expect(followUp(pack, outcome, 5)).toEqual({ succeeded: [pack.entries[0]], failed: [pack.entries[1]], again: [] });
  });

  it('is run again as it was, and once, where SOAR has lost the run', () => {
    const outcome = { ...NOTHING, isReplaced: true, mayRetry: true, mayRunRest: true };
    const { again } = followUp(pack, outcome, 1);
    expect(again).toEqual([{ ...pack, resubmitted: true }]);
    expect(followUp(again[0] ?? pack, outcome, 1)).toEqual({ succeeded: [], failed: pack.entries, again: [] });
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
