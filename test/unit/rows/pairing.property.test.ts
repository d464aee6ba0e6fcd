import fc from 'fast-check';
import type { BatchItem } from '../../../src/model/batch/batch-item.js';
import { pairByParameters, pairResults } from '../../../src/rows/pairing.js';
import type { ActionResultRead } from '../../../src/soar/paging.js';

/** A result that says in its message which item it is of. */
const resultOf = (parameter: BatchItem | null, of: string): ActionResultRead => ({
  result: { status: 'success', message: of, data: [], parameter },
});
const messages = (paired: readonly (readonly ActionResultRead[])[]): string[][] =>
  paired.map((reads) => reads.map((read) => ('result' in read ? read.result.message : 'unread')));

/** How SOAR may write a value that it was given. */
const RESPELLED: readonly ((value: unknown) => unknown)[] = [
  (value) => value,
  (value) => (typeof value === 'number' ? String(value) : value),
  (value) => (typeof value === 'string' ? value.toUpperCase() : value),
  (value) => (typeof value === 'string' ? ` ${value} ` : value),
  (value) => (typeof value === 'string' ? value.replaceAll('.', '[.]') : value),
];

const hosts = fc.uniqueArray(fc.integer({ min: 1, max: 10_000 }), { minLength: 1, maxLength: 20 });
const items = fc
  .tuple(hosts, fc.boolean())
  .map(([ids, withLimit]) => ids.map((id) => ({ host: `h${id}.example`, ...(withLimit ? { limit: id % 3 } : {}) })));

/** Items, and their results in any order, respelled and with keys that SOAR adds. */
const answered = items.chain((all) =>
  fc.record({
    all: fc.constant<readonly BatchItem[]>(all),
    order: fc.shuffledSubarray([...all.keys()], { minLength: all.length, maxLength: all.length }),
    spelling: fc.constantFrom(...RESPELLED),
    added: fc.constantFrom({}, { timeout: 30 }, { context: { guid: 'x' } }, { timeout: 30, verbose: true }),
    lost: fc.nat(),
  }),
);

type Answered = ReturnType<typeof answered.generate>['value'];

function resultsIn({ all, order, spelling, added }: Answered): ActionResultRead[] {
  return order.map((at) => {
    const own = Object.entries(all[at] ?? {}).map(([name, value]) => [name, spelling(value)]);
    return resultOf({ ...added, ...(Object.fromEntries(own) as object) }, String(at));
  });
}

describe('the results of a run', () => {
  it('belong each to the item whose parameters they repeat: in any order, with any extra keys, in any spelling', () => {
    fc.assert(
      fc.property(answered, (given) => {
        const paired = messages(pairResults(given.all, [resultsIn(given)]));
        expect(paired).toEqual(given.all.map((_item, at) => [String(at)]));
      }),
    );
  });

  it('are never another’s, and cost one row where any one is missing', () => {
    fc.assert(
      fc.property(answered, (given) => {
        const results = resultsIn(given);
        const [lost] = results.splice(given.lost % results.length, 1);
        const paired = messages(pairResults(given.all, [results]));
        const own = (at: number): string[] =>
          lost && 'result' in lost && lost.result.message === String(at) ? [] : [String(at)];
        expect(paired).toEqual(given.all.map((_item, at) => own(at)));
      }),
    );
  });

  it('control: by their places they would be others’', () => {
    const byPlace = (all: readonly BatchItem[], results: readonly ActionResultRead[]) =>
      all.map((_item, at) => [results[at]]);
    const wrong = fc.sample(answered, 100).filter((given) => {
      const paired = byPlace(given.all, resultsIn(given)).map(([read]) =>
        read && 'result' in read ? read.result.message : '',
      );
      return paired.some((message, at) => message !== String(at));
    });
    expect(wrong.length).toBeGreaterThan(0);
  });

  it('that are a run’s of somebody else are taken by their parameters alone', () => {
    fc.assert(
      fc.property(answered, (given) => {
        const results = [...resultsIn(given), resultOf({ host: 'nobody.example' }, 'theirs'), resultOf(null, 'theirs')];
        expect(messages(pairByParameters(given.all, [results]))).toEqual(given.all.map((_item, at) => [String(at)]));
      }),
    );
  });
});

const [A, B, C] = [{ ip: 'a' }, { ip: 'b' }, { ip: 'c' }];

describe('a result that does not repeat its item’s parameters', () => {
  it.each<[string, readonly BatchItem[], ActionResultRead[], string[][]]>([
    [
      'is the one in its place, where the others stand in theirs',
      [A, B, C],
      [resultOf(A, 'a'), resultOf({ ip: 'b/32' }, 'b'), resultOf(C, 'c')],
      [['a'], ['b'], ['c']],
    ],
    [
      'is the one in its place, where none repeats any',
      [A, B],
      [resultOf(null, 'a'), resultOf({}, 'b')],
      [['a'], ['b']],
    ],
    [
      'is the only one that is left for the only item that is left',
      [A, B],
      [resultOf(B, 'b'), resultOf({ ip: 'A.' }, 'a')],
      [['a'], ['b']],
    ],
    [
      'cannot be told apart, where the others stand elsewhere',
      [A, B, C],
      [resultOf(C, 'c'), resultOf(null, 'x'), resultOf(null, 'y')],
      [['unread'], ['unread'], ['c']],
    ],
    [
      'cannot be told apart, where one is missing',
      [A, B, C],
      [resultOf(null, 'x'), resultOf(null, 'y')],
      [['unread'], ['unread'], ['unread']],
    ],
    [
      'leaves an item without one, where another has two',
      [A, B],
      [resultOf(A, 'a'), resultOf(A, 'a again')],
      [['a', 'a again'], []],
    ],
  ])('%s', (_what, all, results, expected) => {
    expect(messages(pairResults(all, [results]))).toEqual(expected);
  });

  it('stands in its place as what cannot be read does', () => {
    expect(messages(pairResults([A, B], [[resultOf(A, 'a'), { unread: 'NaN' }]]))).toEqual([['a'], ['unread']]);
    expect(messages(pairResults([A, B], [[resultOf(B, 'b'), { unread: 'NaN' }]]))).toEqual([['unread'], ['b']]);
  });
});

describe('the parameters of an item', () => {
  it.each<[string, BatchItem, BatchItem]>([
    ['a number as text', { ip: 'a', limit: 1 }, { ip: 'a', limit: '1' }],
    ['a yes or no as text', { ip: 'a', deep: true }, { ip: 'a', deep: 'True' }],
    ['another letter case, and blanks at the ends', { host: 'Evil.Example' }, { host: ' evil.example ' }],
    ['an indicator that nobody can click', { url: 'hxxp://evil[.]example' }, { url: 'http://evil.example' }],
    ['a list', { ips: ['a', 1] }, { ips: ['A', '1'] }],
    ['nothing where they are empty', { ip: 'a', note: '' }, { ip: 'a' }],
  ])('are repeated by %s', (_what, item, parameter) => {
    const results = [
      resultOf({ ...B, host: 'x', url: 'x', ips: [] }, 'b'),
      resultOf({ ...parameter, timeout: 30 }, 'own'),
    ];
    expect(messages(pairResults([item, B], [results]))).toEqual([['own'], ['b']]);
  });

  it('with more of them go before those with less: SOAR adds its defaults', () => {
    const both = [{ ip: 'a' }, { ip: 'a', limit: 5 }];
    const results = [resultOf({ ip: 'a', limit: 5 }, 'limited'), resultOf({ ip: 'a', limit: 1 }, 'plain')];
    expect(messages(pairResults(both, [results]))).toEqual([['plain'], ['limited']]);
  });
});
