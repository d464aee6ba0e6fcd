import fc from 'fast-check';
import { z } from 'zod';
import { listRecords } from '../../../src/sim/query/list.js';
import { Table } from '../../../src/sim/store/table.js';

const RUNS = 500;

const schema = z.object({ id: z.int(), name: z.string().nullable(), size: z.number() });
type Row = z.infer<typeof schema>;
type Key = string | number | null;

/** One condition, what a reader would say it means, and how a client may write it. */
interface Condition {
  excludes: boolean;
  key: string;
  texts: string[];
  holds: (row: Row) => boolean;
}

const name = fc.oneof(
  fc.string({ maxLength: 4 }),
  fc.constantFrom('alpha', 'Alpha', 'beta', 'a"b', "it's", 'x\\y', '1,2', '7'),
);
const size = fc.integer({ min: -5, max: 12 });
const rows = fc
  .array(fc.record({ name: fc.option(name), size }), { maxLength: 25 })
  .map((list) => list.map((row, index): Row => ({ id: index + 1, ...row })));

const quoted = (text: string): fc.Arbitrary<string> =>
  fc.constantFrom('"', "'").map((quote) => `${quote}${text.replace(/["'\\]/g, '\\$&')}${quote}`);
const written = (value: string | number): fc.Arbitrary<string> =>
  typeof value === 'string' ? quoted(value) : fc.constantFrom(String(value), `"${value}"`, `'${value}'`);
const writtenList = (values: (string | number)[]): fc.Arbitrary<string[]> =>
  fc
    .tuple(fc.constantFrom('[', '(', '', 'repeated'), ...values.map(written))
    .map(([form, ...texts]) => (form === 'repeated' ? texts : [bracketed(form, texts.join(','))]));

function bracketed(open: string, inner: string): string {
  return open === '' ? inner : `${open}${inner}${open === '[' ? ']' : ')'}`;
}

function onName(lookup: string, holds: (value: string, wanted: string) => boolean): fc.Arbitrary<Condition> {
  return name.chain((wanted) =>
    fc.record({
      excludes: fc.boolean(),
      key: fc.constant(lookup === 'exact' ? 'name' : `name__${lookup}`),
      texts: quoted(wanted).map((text) => [text]),
      holds: fc.constant((row: Row) => row.name !== null && holds(row.name, wanted)),
    }),
  );
}

function onSize(lookup: string, holds: (value: number, wanted: number) => boolean): fc.Arbitrary<Condition> {
  return size.chain((wanted) =>
    fc.record({
      excludes: fc.boolean(),
      key: fc.constant(`size__${lookup}`),
      texts: written(wanted).map((text) => [text]),
      holds: fc.constant((row: Row) => holds(row.size, wanted)),
    }),
  );
}

const sizeIn: fc.Arbitrary<Condition> = fc.array(size, { minLength: 1, maxLength: 5 }).chain((wanted) =>
  fc.record({
    excludes: fc.boolean(),
    key: fc.constant('size__in'),
    texts: writtenList(wanted),
    holds: fc.constant((row: Row) => wanted.includes(row.size)),
  }),
);
const nameIn: fc.Arbitrary<Condition> = fc.array(name, { minLength: 1, maxLength: 5 }).chain((wanted) =>
  fc.record({
    excludes: fc.boolean(),
    key: fc.constant('name__in'),
    texts: writtenList(wanted),
    holds: fc.constant((row: Row) => row.name !== null && wanted.includes(row.name)),
  }),
);
const sizeRange: fc.Arbitrary<Condition> = fc.tuple(size, size).chain(([low, high]) =>
  fc.record({
    excludes: fc.boolean(),
    key: fc.constant('size__range'),
    texts: writtenList([low, high]),
    holds: fc.constant((row: Row) => row.size >= low && row.size <= high),
  }),
);
const nameIsNull: fc.Arbitrary<Condition> = fc.boolean().chain((expected) =>
  fc.record({
    excludes: fc.boolean(),
    key: fc.constant('name__isnull'),
    texts: fc.constantFrom(String(expected), expected ? 'True' : 'False').map((text) => [text]),
    holds: fc.constant((row: Row) => (row.name === null) === expected),
  }),
);

const lower = (text: string): string => text.toLowerCase();
const condition = fc.oneof(
  onName('exact', (value, wanted) => value === wanted),
  onName('iexact', (value, wanted) => lower(value) === lower(wanted)),
  onName('contains', (value, wanted) => value.includes(wanted)),
  onName('icontains', (value, wanted) => lower(value).includes(lower(wanted))),
  onName('startswith', (value, wanted) => value.startsWith(wanted)),
  onName('istartswith', (value, wanted) => lower(value).startsWith(lower(wanted))),
  onName('endswith', (value, wanted) => value.endsWith(wanted)),
  onName('iendswith', (value, wanted) => lower(value).endsWith(lower(wanted))),
  onName('gt', (value, wanted) => value > wanted),
  onName('lte', (value, wanted) => value <= wanted),
  onSize('exact', (value, wanted) => value === wanted),
  onSize('gt', (value, wanted) => value > wanted),
  onSize('gte', (value, wanted) => value >= wanted),
  onSize('lt', (value, wanted) => value < wanted),
  onSize('lte', (value, wanted) => value <= wanted),
  sizeIn,
  nameIn,
  sizeRange,
  nameIsNull,
);

function tableOf(list: readonly Row[]): Table<Row> {
  const table = new Table('row', schema, () => undefined);
  for (const row of list) table.put(row);
  return table;
}

function list(all: readonly Row[], query: URLSearchParams): { count: number; num_pages: number; data: object[] } {
  return listRecords(tableOf(all), query, () => undefined);
}

function queryOf(conditions: readonly Condition[]): URLSearchParams {
  const query = new URLSearchParams({ page_size: '0' });
  for (const { excludes, key, texts } of conditions) {
    for (const text of texts) query.append(`_${excludes ? 'exclude' : 'filter'}_${key}`, text);
  }
  return query;
}

test('filters keep exactly the rows that every condition holds for', () => {
  const distinctKeys = fc.uniqueArray(condition, {
    maxLength: 3,
    selector: ({ excludes, key }) => `${excludes}${key}`,
  });
  fc.assert(
    fc.property(rows, distinctKeys, (all, conditions) => {
      const expected = all.filter((row) => conditions.every(({ excludes, holds }) => holds(row) !== excludes));
      expect(list(all, queryOf(conditions)).data).toEqual(expected);
    }),
    { numRuns: RUNS },
  );
});

test('sorting orders by the field, nulls last, and leaves ties in the order of ids', () => {
  const order = fc.constantFrom<'asc' | 'desc'>('asc', 'desc');
  fc.assert(
    fc.property(rows, fc.constantFrom<'name' | 'size'>('name', 'size'), order, (all, sort, direction) => {
      const sign = direction === 'asc' ? 1 : -1;
      const keyed = all.map((row) => ({ row, key: row[sort] }));
      const below = (a: Key, b: Key): boolean => a !== null && (b === null || a < b);
      const byKey = (a: Key, b: Key): number => (below(a, b) ? -1 : below(b, a) ? 1 : 0);
      const expected = keyed.sort((a, b) => sign * byKey(a.key, b.key) || a.row.id - b.row.id).map(({ row }) => row);
      expect(list(all, new URLSearchParams({ page_size: '0', sort, order: direction })).data).toEqual(expected);
    }),
    { numRuns: RUNS },
  );
});

test('pages put together are the whole list, and past the last one there is nothing', () => {
  fc.assert(
    fc.property(rows, fc.integer({ min: 1, max: 30 }), fc.boolean(), (all, size, quotes) => {
      const number = (value: number): string => (quotes ? `"${value}"` : String(value));
      const pageAt = (page: number) => list(all, new URLSearchParams({ page: number(page), page_size: number(size) }));
      const pages = Math.ceil(all.length / size);
      const read = Array.from({ length: Math.max(pages, 1) }, (_, page) => pageAt(page));
      expect(read.flatMap(({ data }) => data)).toEqual(all);
      for (const { count, num_pages } of read) expect([count, num_pages]).toEqual([all.length, pages]);
      expect(() => pageAt(Math.max(pages, 1))).toThrow('That page contains no results');
    }),
    { numRuns: RUNS },
  );
});

test('the page size is 10 unless it is given', () => {
  const all = Array.from({ length: 23 }, (_, index): Row => ({ id: index + 1, name: null, size: 0 }));
  expect(list(all, new URLSearchParams())).toMatchObject({ count: 23, num_pages: 3, data: all.slice(0, 10) });
});
