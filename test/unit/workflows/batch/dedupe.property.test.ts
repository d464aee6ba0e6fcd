import fc from 'fast-check';
import { DistinctItems } from '../../../../src/workflows/batch/dedupe.js';
import type { BatchItem } from '../../../../src/model/batch/batch-item.js';
import { canonicalJson } from '../../../../src/model/json.js';

const items = fc.array(fc.dictionary(fc.constantFrom('ip', 'domain'), fc.constantFrom('a', 'b', 'c', 1)), {
  maxLength: 60,
});
const pages = fc.array(items, { maxLength: 5 });
const empty = (): DistinctItems => new DistinctItems({ total: 0, distinct: 0, seen: [] });

/** Gives the pages one after the other; where `carry` says so, through what continue-as-new would hand over. */
function takeAll(given: readonly BatchItem[][], carry: boolean): { distinct: BatchItem[]; places: number[] } {
  let intake = empty();
  const distinct: BatchItem[] = [];
  const places = given.flatMap((page) => {
    const taken = intake.take(page);
    for (const { place, item } of taken.fresh) distinct[place] = item;
    if (carry) intake = new DistinctItems(intake.carried(false));
    return taken.places;
  });
  return { distinct, places };
}

describe('the intake of a batch', () => {
  it('keeps the input reproducible by its places, over pages and over continue-as-new', () => {
    fc.assert(
      fc.property(pages, fc.boolean(), (given, carry) => {
        const { distinct, places } = takeAll(given, carry);
        expect(places.map((place) => distinct[place])).toEqual(given.flat());
      }),
    );
  });

  it('numbers each item once, in the order of first appearance', () => {
    fc.assert(
      fc.property(pages, fc.boolean(), (given, carry) => {
        const { distinct } = takeAll(given, carry);
        expect(distinct.map(canonicalJson)).toEqual([...new Set(given.flat().map(canonicalJson))]);
      }),
    );
  });

  it('takes items whose keys stand in another order for the same', () => {
    const taken = empty().take([
      { a: 1, b: 2 },
      { b: 2, a: 1 },
    ]);
    expect(taken).toEqual({ fresh: [{ place: 0, item: { a: 1, b: 2 } }], places: [0, 0] });
  });

  it('remembers a bounded part of what came before, so that continue-as-new can carry it', () => {
    const intake = empty();
    for (let page = 0; page < 40; page++) {
      intake.take(Array.from({ length: 1_000 }, (_, index) => ({ ip: `${page}.${index}` })));
    }
    expect(intake.carried(false).distinct).toBe(40_000);
    expect(JSON.stringify(intake.carried(false)).length).toBeLessThan(270_000);
    expect(intake.carried(true).seen).toEqual([]);
  });
});
