import { randomUUID } from 'node:crypto';
import { toRanges } from '../../model/ranges.js';
import { inPages } from '../job/async.js';
import type { PreparedJob } from '../job/prepare.js';
import type { ItemRow } from '../job/item-row.js';
import { jsonLines } from './json-lines.js';
import type { TextSink } from './files.js';
import { outputRow, outputRows } from './rows.js';
import type { OutputRow } from './rows.js';

const PAGE_ROWS = 500;

/** Gives out rows as lines of JSON: those that are final while the batch goes on, the others at its end. Each once. */
export class RowStream {
  /** Tells this process from an earlier one of the same job, which gave out its rows to somebody else. */
  readonly by: string = randomUUID();
  #writing: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly job: Pick<PreparedJob, 'input' | 'results' | 'summary'>,
    private readonly sinks: readonly TextSink[],
  ) {}

  /** Gives out the rows of the items at these places. */
  async giveOut(places: readonly number[]): Promise<void> {
    const { input, results, summary } = this.job;
    const known = new Map((await results.get(places)).map((result, index) => [places[index], result?.row]));
    const rows = await input.rowsOf(toRanges([...places].sort((a, b) => a - b)));
    const lines = rows.flatMap(({ number, row }) => {
      const itemRow = 'place' in row ? known.get(row.place) : undefined;
      return itemRow ? [outputRow(number, row, itemRow, summary.columns.length)] : [];
    });
    await this.#write(lines);
  }

  /** Gives out what is left, once the batch has ended. */
  async complete(withoutResult: Pick<ItemRow, 'status' | 'message'>): Promise<void> {
    const { input, results, summary } = this.job;
    const isOut = ({ givenOutBy }: { givenOutBy?: string }): boolean => givenOutBy === this.by;
    const left = outputRows(input, results, summary.columns.length, withoutResult, isOut);
    for await (const page of inPages(left, PAGE_ROWS)) await this.#write(page);
    for (const sink of this.sinks) await sink.complete();
  }

  async discard(): Promise<void> {
    await this.#writing.catch(() => undefined);
    for (const sink of this.sinks) await sink.discard();
  }

  /** One after the other: lines must not run into each other. */
  #write(rows: readonly OutputRow[]): Promise<void> {
    if (rows.length === 0) return Promise.resolve();
    const text = jsonLines(rows, this.job.summary.columns);
    const written = this.#writing.then(async () => {
      for (const sink of this.sinks) await sink.write(text);
    });
    this.#writing = written;
    return written;
  }
}
