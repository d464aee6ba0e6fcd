import { z } from 'zod';
import type { InputRow } from '../../../../src/cli/input/row.js';
import { InputStore } from '../../../../src/cli/job/input-store.js';
import { ResultStore } from '../../../../src/cli/job/result-store.js';
import { RowStream } from '../../../../src/cli/output/stream.js';
import type { TextSink } from '../../../../src/cli/output/files.js';
import { itemRow, noNotes } from '../support/rows.js';
import { Scratch } from '../support/scratch.js';

const lineSchema = z.object({ row: z.int(), status: z.string(), message: z.string() });
const REST = { status: 'cancelled', message: 'not run' } as const;

class Lines implements TextSink {
  text = '';
  isComplete = false;
  write(text: string): Promise<void> {
    this.text += text;
    return Promise.resolve();
  }
  complete(): Promise<void> {
    this.isComplete = true;
    return Promise.resolve();
  }
  discard(): Promise<void> {
    return Promise.resolve();
  }
  get rows(): string[] {
    const lines = this.text.split('\n').filter((line) => line !== '');
    return lines.map((line) => {
      const { row, status, message } = lineSchema.parse(JSON.parse(line));
      return `${row} ${status} ${message}`;
    });
  }
}

describe('rows that are given out while the batch goes on', () => {
  const scratch = new Scratch();
  afterAll(() => scratch.remove());

  it('come once each: what is final at once, the others at the end, all of them again from the next process', async () => {
    const database = await scratch.database();
    const input = new InputStore(database);
    const rows: InputRow[] = ['a', 'b', 'a', 'c'].map((ip) => ({ cells: [ip], reading: { items: [{ ip }] } }));
    await input.add([...rows, { cells: ['?'], reading: { problem: 'bad' } }]);
    const job = { input, results: new ResultStore(database), summary: await input.finish(['ip'], noNotes()) };

    const [first, second] = [new Lines(), new Lines()];
    const stream = new RowStream(job, [first]);
    const ended = new Map([
      [0, itemRow({ message: 'A' })],
      [1, itemRow({ status: 'failed', message: 'B' })],
    ]);
    await stream.giveOut(await job.results.put(0, ended, stream.by));
    expect(first.rows).toEqual(['1 success A', '3 success A']);
    await stream.complete(REST);
    const late = ['2 failed B', '4 cancelled not run', '5 invalid bad'];
    expect(first.rows).toEqual(['1 success A', '3 success A', ...late]);
    expect(first.isComplete).toBe(true);

    await new RowStream(job, [second]).complete(REST);
    expect(second.rows.sort()).toEqual(first.rows.sort());
  });

  it('have the input’s values by name, and the result’s fields', async () => {
    const database = await scratch.database('another');
    const input = new InputStore(database);
    await input.add([{ cells: ['a'], reading: { items: [{ ip: 'a' }] } }]);
    const job = { input, results: new ResultStore(database), summary: await input.finish(['ip', 'note'], noNotes()) };
    await job.results.put(0, new Map([[0, itemRow({ fields: { country: 'US' } })]]));
    const lines = new Lines();
    await new RowStream(job, [lines]).complete(REST);
    expect(JSON.parse(lines.text)).toEqual({
      row: 1,
      input: { ip: 'a', note: '' },
      status: 'success',
      message: 'done',
      result: { country: 'US' },
      action_run_id: 7,
      reused_from: null,
    });
  });
});
