import fc from 'fast-check';
import { deduplicate } from '../../../src/model/batch-plan.js';
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
