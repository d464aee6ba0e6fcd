import { openDatabase } from '../../../../src/cli/job/database.js';
import type { Database } from '../../../../src/cli/job/database.js';
import { InputStore } from '../../../../src/cli/job/input-store.js';
import { ResultStore } from '../../../../src/cli/job/result-store.js';
import type { InputRow } from '../../../../src/cli/input/row.js';
import type { ItemRow } from '../../../../src/cli/job/result-store.js';
import { UserError } from '../../../../src/cli/errors.js';
import { all, itemRow, noNotes } from '../support/rows.js';
import { Scratch } from '../support/scratch.js';

let scratch: Scratch;
beforeEach(() => {
  scratch = new Scratch();
});
afterEach(() => scratch.remove());

const row = (ip: string): InputRow => ({ cells: [ip, 'note'], reading: { items: [{ ip }] } });
const bad: InputRow = { cells: ['?'], reading: { problem: 'bad' } };

async function filled(database: Database, ...rows: InputRow[]): Promise<InputStore> {
  const input = new InputStore(database);
  await input.add(rows);
  await input.finish(['ip', 'note'], noNotes());
  return input;
}

describe('the input of a job', () => {
  it('is found again by the next process: rows in order, items once', async () => {
    await filled(await scratch.database(), row('a'), bad, row('b'), row('a'));
    const input = new InputStore(await scratch.database());
    expect(await input.summary()).toMatchObject({ columns: ['ip', 'note'], rows: 4, invalid: 1, distinct: 2 });
    expect((await all(input.rowPages())).flatMap(({ rows }) => rows)).toEqual([
      { cells: ['a', 'note'], place: 0 },
      { cells: ['?'], problem: 'bad' },
      { cells: ['b', 'note'], place: 1 },
      { cells: ['a', 'note'], place: 0 },
    ]);
    expect(await all(input.items(0))).toEqual([{ ip: 'a' }, { ip: 'b' }]);
    expect(await all(input.items(1))).toEqual([{ ip: 'b' }]);
  });

  it('knows an item again in whatever order its fields come, over pages', async () => {
    const input = new InputStore(await scratch.database());
    await input.add([{ cells: [], reading: { items: [{ ip: 'a', days: 3 }] } }]);
    await input.add([{ cells: [], reading: { items: [{ days: 3, ip: 'a' }] } }]);
    expect(await input.finish([], noNotes())).toMatchObject({ rows: 2, distinct: 1 });
  });

  it('is not there before it was read to its end', async () => {
    await new InputStore(await scratch.database()).add([row('a')]);
    expect(await new InputStore(await scratch.database()).summary()).toBeUndefined();
  });

  it('finds the rows of an item, duplicates included, and no row of another', async () => {
    const input = await filled(await scratch.database(), row('a'), row('b'), row('a'), bad, row('c'), row('b'));
    const numbers = async (...places: [number, number][]): Promise<number[]> =>
      (await input.rowsOf(places)).map(({ number }) => number);
    expect(await numbers([0, 1])).toEqual([0, 2]);
    expect(await numbers([1, 2])).toEqual([1, 5, 4]);
    expect(await numbers([0, 1], [2, 1])).toEqual([0, 2, 4]);
  });

  it('belongs to one process at a time', async () => {
    await scratch.database();
    const second = openDatabase(scratch.at('state'));
    await expect(second).rejects.toBeInstanceOf(UserError);
    await expect(second).rejects.toThrow('Another command is at work on the same input.');
  });
});

describe('the results of a job', () => {
  const rows = (...entries: [number, ItemRow][]): Map<number, ItemRow> => new Map(entries);
  const failed = itemRow({ status: 'failed' });

  it('are found again by the next process, and how far the work was', async () => {
    const results = new ResultStore(await scratch.database());
    await results.put(0, rows([0, failed], [2, itemRow()]));
    await Promise.all([results.saveCheckpoint({ sent: 5 }), results.saveCheckpoint({ followed: 2 })]);
    const again = new ResultStore(await scratch.database());
    expect(await again.get([0, 1, 2])).toEqual([{ child: 0, row: failed }, undefined, { child: 0, row: itemRow() }]);
    expect(await again.checkpoint()).toEqual({ sent: 5, closed: false, followed: 2 });
  });

  it('are those of the highest child, in whatever order children are read', async () => {
    const results = new ResultStore(await scratch.database());
    const [one, three] = [
      itemRow({ status: 'failed', message: 'one' }),
      itemRow({ status: 'failed', message: 'three' }),
    ];
    await Promise.all([results.put(3, rows([0, three])), results.put(1, rows([0, one], [1, one]))]);
    expect((await results.get([0, 1])).map((result) => result?.row.message)).toEqual(['three', 'one']);
  });

  it('are given out once by a process: successes at once, the others not yet', async () => {
    const results = new ResultStore(await scratch.database());
    const mixed = rows([0, itemRow()], [1, failed], [2, itemRow({ status: 'reused' })]);
    expect(await results.put(0, mixed, 'me')).toEqual([0, 2]);
    expect(await results.put(1, rows([0, itemRow()], [1, itemRow()]), 'me')).toEqual([1]);
    expect((await results.get([0, 1])).map((result) => result?.givenOutBy)).toEqual(['me', 'me']);
    expect(await results.put(0, rows([2, itemRow()]), 'the next process')).toEqual([2]);
  });

  it('are forgotten together with the checkpoint', async () => {
    const results = new ResultStore(await scratch.database());
    await results.put(0, rows([0, failed]));
    await results.saveCheckpoint({ sent: 1, closed: true });
    await results.clear();
    expect([await results.get([0]), await results.checkpoint()]).toEqual([
      [undefined],
      { sent: 0, closed: false, followed: 0 },
    ]);
  });
});
