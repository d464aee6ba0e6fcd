import fc from 'fast-check';
import type { Page } from '../../../src/contracts/soar.js';
import { SOAR_ERROR_CODES } from '../../../src/model/error-codes.js';
import { SoarError } from '../../../src/soar/soar-error.js';
import type { AllRows, ReadPage } from '../../../src/soar/paging.js';
import { readAllPages } from '../../../src/soar/paging.js';

type Row = number;
const key = String;

function pastTheEnd(): SoarError {
  const soarMessage = 'That page contains no results';
  return new SoarError({
    code: SOAR_ERROR_CODES.FAILED,
    method: 'GET',
    path: '/rest/x',
    sent: true,
    detail: 'HTTP 200',
    soarMessage,
  });
}

/** SOAR's list as it answers: an error past the last page, but for the first page of an empty list. */
function pageOf(rows: readonly Row[], page: number, pageSize: number): Page<Row> {
  const data = rows.slice(page * pageSize, (page + 1) * pageSize);
  if (page > 0 && data.length === 0) throw pastTheEnd();
  return { count: rows.length, num_pages: Math.ceil(rows.length / pageSize), data };
}

const rowsOf = (count: number): Row[] => Array.from({ length: count }, (_, n) => n);
const sorted = (rows: readonly Row[]): Row[] => [...rows].sort((a, b) => a - b);

/** A list that is changed before every read by the next of the given steps: rows added at the front, or taken from it. */
function movingList(start: number, steps: readonly number[]) {
  let rows = rowsOf(start);
  let born = start;
  let reads = 0;
  const states = [rows];
  const read: ReadPage<Row> = ({ page, pageSize }) => {
    const step = steps[reads++] ?? 0;
    const added = Array.from({ length: Math.max(0, step) }, () => born++);
    rows = [...added.reverse(), ...rows.slice(Math.max(0, -step))];
    states.push(rows);
    return Promise.resolve().then(() => pageOf(rows, page, pageSize));
  };
  const wasEver = (found: readonly Row[]) => states.some((state) => sorted(state).join() === sorted(found).join());
  return { read, wasEver };
}

/** The naive reader: stops at num_pages, counts nothing, and asks the last page for just the rows that are left. */
async function naive(read: ReadPage<Row>, pageSize: number): Promise<AllRows<Row>> {
  const first = await read({ page: 0, pageSize });
  const rows = [...first.data];
  for (let page = 1; page < first.num_pages; page += 1) {
    const size = Math.min(pageSize, first.count - rows.length);
    rows.push(
      ...(await read({ page, pageSize: size }).then(
        ({ data }) => data,
        () => [],
      )),
    );
  }
  return { rows, complete: true };
}

describe('readAllPages', () => {
  it('reads a quiet list whole, with one size for all pages', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(60), fc.integer({ min: 1, max: 13 }), async (count, pageSize) => {
        const sizes = new Set<number>();
        const read: ReadPage<Row> = (query) => {
          sizes.add(query.pageSize);
          return Promise.resolve().then(() => pageOf(rowsOf(count), query.page, query.pageSize));
        };
        expect(await readAllPages(read, { pageSize, key })).toEqual({ rows: rowsOf(count), complete: true });
        expect([...sizes]).toEqual([pageSize]);
      }),
      { numRuns: 200, seed: 9 },
    );
  });

  const moves = fc.oneof(
    fc.array(fc.nat(4), { maxLength: 12 }),
    fc.array(fc.integer({ min: -4, max: 0 }), { maxLength: 12 }),
  );

  it('gives the set exactly as it was at one moment, or says "incomplete", when a list grows or shrinks under it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(40), fc.integer({ min: 1, max: 9 }), moves, async (count, pageSize, steps) => {
        const list = movingList(count, steps);
        const { rows, complete } = await readAllPages(list.read, { pageSize, key });
        expect(new Set(rows).size).toBe(rows.length);
        if (complete) expect(list.wasEver(rows)).toBe(true);
      }),
      { numRuns: 200, seed: 9 },
    );
  });

  it('the control, a reader that trusts the first page, loses and repeats rows', async () => {
    const wrong = fc.check(
      fc.asyncProperty(fc.nat(40), fc.integer({ min: 1, max: 9 }), moves, async (count, pageSize, steps) => {
        const list = movingList(count, steps);
        expect(list.wasEver((await naive(list.read, pageSize)).rows)).toBe(true);
      }),
      { numRuns: 200, seed: 9 },
    );
    expect((await wrong).failed).toBe(true);
  });

  it('comes to the exact set once the list has stopped moving', async () => {
    const list = movingList(30, [0, 3, 0, 2]);
    const { rows, complete } = await readAllPages(list.read, { pageSize: 10, key });
    expect(complete).toBe(true);
    expect(sorted(rows)).toEqual(rowsOf(35));
  });

  const LIES: [string, (page: Page<Row>, at: number) => Page<Row>, boolean][] = [
    ['num_pages too small', (page) => ({ ...page, num_pages: 1 }), true],
    ['num_pages of 0', (page) => ({ ...page, num_pages: 0 }), true],
    ['num_pages far too large', (page) => ({ ...page, num_pages: 1_000_000 }), true],
    ['a count too small', (page) => ({ ...page, count: 20 }), false],
    ['a count too large', (page) => ({ ...page, count: page.count + 5 }), false],
    ['an empty page in the middle', (page, at) => (at === 1 ? { ...page, data: [] } : page), false],
    ['the first page again and again', (page) => ({ ...page, data: rowsOf(10) }), false],
    ['a row on two pages', (page, at) => (at === 1 ? { ...page, data: [...page.data.slice(1), 0] } : page), false],
  ];

  it.each(LIES)('%s: the exact set or "incomplete"', async (_what, lie, complete) => {
    const read: ReadPage<Row> = ({ page, pageSize }) =>
      Promise.resolve().then(() => lie(pageOf(rowsOf(25), page, pageSize), page));
    const result = await readAllPages(read, { pageSize: 10, key, maxPages: 50 });
    expect(result.complete).toBe(complete);
    if (complete) expect(result.rows).toEqual(rowsOf(25));
  });

  it('asks a server that gives one page for every number no more than twice in a pass', async () => {
    let reads = 0;
    const read: ReadPage<Row> = () => {
      reads += 1;
      return Promise.resolve({ count: 1_000_000, num_pages: 100_000, data: rowsOf(10) });
    };
    expect(await readAllPages(read, { pageSize: 10, key })).toMatchObject({ complete: false });
    expect(reads).toBe(6);
  });

  it('gives up on a list without an end', async () => {
    const read: ReadPage<Row> = ({ page, pageSize }) =>
      Promise.resolve({ count: 1_000_000, num_pages: 100_000, data: rowsOf(pageSize).map((n) => page * pageSize + n) });
    expect(await readAllPages(read, { pageSize: 2, key, maxPages: 5, maxPasses: 1 })).toEqual({
      rows: rowsOf(10),
      complete: false,
    });
  });

  it('rejects with the error of a page that cannot be read', async () => {
    const refused = new SoarError({
      code: SOAR_ERROR_CODES.FORBIDDEN,
      method: 'GET',
      path: '/rest/x',
      sent: true,
      detail: 'HTTP 403',
    });
    await expect(readAllPages(() => Promise.reject(refused), { pageSize: 10, key })).rejects.toBe(refused);
  });
});

describe('a list that never ends', () => {
  const LARGE = 1024 * 1024;
  const endless =
    (asked: number[]): ReadPage<string> =>
    ({ page }) => {
      asked.push(page);
      return Promise.resolve({ count: 1e9, num_pages: 1e7, data: [`${page}${'x'.repeat(LARGE)}`] });
    };
  const keyOf = (row: string): string => row.slice(0, 20);

  it('is read up to 64 MiB, once, and does not count as whole', async () => {
    const asked: number[] = [];
    const { rows, complete } = await readAllPages(endless(asked), { pageSize: 1, key: keyOf });
    expect({ rows: rows.length, complete, asked: asked.length }).toEqual({ rows: 64, complete: false, asked: 64 });
  });

  it('control: without that bound it is read to the last page that there may be, again and again', async () => {
    const asked: number[] = [];
    const small: ReadPage<string> = async (query) => {
      const page = await endless(asked)(query);
      return { ...page, data: page.data.map((row) => row.slice(0, 30)) };
    };
    await readAllPages(small, { pageSize: 1, key: (row) => row, maxPages: 200 });
    expect(asked).toHaveLength(600);
  });
});
