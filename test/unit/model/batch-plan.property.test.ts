import fc from 'fast-check';
import { deduplicate, pack } from '../../../src/model/batch-plan.js';
import { canonicalJson } from '../../../src/model/canonical-json.js';

const items = fc.array(fc.dictionary(fc.constantFrom('ip', 'domain'), fc.constantFrom('a', 'b', 'c', 1)), {
  maxLength: 60,
});

describe('deduplicating', () => {
  it('keeps the input reproducible by its places', () => {
    fc.assert(
      fc.property(items, (given) => {
        const { distinct, places } = deduplicate(given);
        expect(places.map((place) => distinct[place])).toEqual(given);
      }),
    );
  });

  it('keeps each item once, in the order of first appearance', () => {
    fc.assert(
      fc.property(items, (given) => {
        const { distinct } = deduplicate(given);
        expect(distinct.map(canonicalJson)).toEqual([...new Set(given.map(canonicalJson))]);
      }),
    );
  });

  it('takes items whose keys stand in another order for the same', () => {
    expect(
      deduplicate([
        { a: 1, b: 2 },
        { b: 2, a: 1 },
      ]),
    ).toEqual({ distinct: [{ a: 1, b: 2 }], places: [0, 0] });
  });
});

describe('packing', () => {
  it('leaves nothing out and changes no order', () => {
    fc.assert(
      fc.property(items, fc.integer({ min: 1, max: 70 }), (given, itemsPerRun) => {
        expect(pack(given, itemsPerRun).flatMap((one) => one.items)).toEqual(given);
      }),
    );
  });

  it('fills every pack but the last, and none beyond its bound', () => {
    fc.assert(
      fc.property(items, fc.integer({ min: 1, max: 70 }), (given, itemsPerRun) => {
        const sizes = pack(given, itemsPerRun).map((one) => one.items.length);
        expect(sizes.slice(0, -1)).toEqual(sizes.slice(0, -1).map(() => itemsPerRun));
        for (const size of sizes) expect(size).toBeLessThanOrEqual(itemsPerRun);
        expect(sizes).not.toContain(0);
      }),
    );
  });

  it('says of every pack where it begins', () => {
    fc.assert(
      fc.property(items, fc.integer({ min: 1, max: 70 }), (given, itemsPerRun) => {
        for (const { firstItem, items: packed } of pack(given, itemsPerRun)) expect(given[firstItem]).toBe(packed[0]);
      }),
    );
  });
});
