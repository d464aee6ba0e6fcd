import fc from 'fast-check';
import { canonicalJson } from '../../../src/model/json.js';

const json = fc.jsonValue({ depthSize: 'medium' });

/** The same value with the keys of every object in another order. */
function reordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reordered);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, inner]) => [key, reordered(inner)]),
  );
}

describe('canonical JSON', () => {
  it('is the same whatever the order of keys', () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(canonicalJson(reordered(value))).toBe(canonicalJson(value));
      }),
    );
  });

  it('is JSON of the same value', () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('differs where values differ', () => {
    fc.assert(
      fc.property(json, json, (one, other) => {
        const isSame = canonicalJson(one) === canonicalJson(other);
        expect(isSame).toBe(isDeepEqual(one, other));
      }),
    );
  });

  it.each([
    [['1'], [1]],
    [[null], ['null']],
    [[[1, 2]], [[2, 1]]],
    [{ a: {} }, { a: [] }],
    [
      { a: 1, b: { c: 2 } },
      { a: 1, b: { c: 3 } },
    ],
    [JSON.parse('{"__proto__":{"a":1}}'), {}],
  ])('tells %j from %j', (one, other) => {
    expect(canonicalJson(one)).not.toBe(canonicalJson(other));
  });

  it('sorts on every level', () => {
    expect(canonicalJson({ b: [{ z: 1, y: 2 }], a: { d: 1, c: null } })).toBe(
      '{"a":{"c":null,"d":1},"b":[{"y":2,"z":1}]}',
    );
  });
});

/** As Node compares values once they have been through JSON. */
function isDeepEqual(one: unknown, other: unknown): boolean {
  const [a, b] = [one, other].map((value): unknown => JSON.parse(JSON.stringify(value)));
  try {
    expect(a).toStrictEqual(b);
    return true;
  } catch {
    return false;
  }
}
