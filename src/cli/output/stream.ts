import { randomUUID } from 'node:crypto';
import { toRanges } from '../../model/batch/ranges.js';
import { cellJson } from '../input/row.js';
import { inPages } from '../job/in-parallel.js';
import type { LiveOutput } from '../job/follow-batch.js';
import type { PreparedJob } from '../job/prepare.js';
import type { TextSink } from './files.js';
import { withoutControls } from '../../model/text.js';
import { outputRow, outputRows } from './rows.js';
import type { NoResult, OutputRow } from './rows.js';

const PAGE_ROWS = 500;

/** Gives out rows as lines of JSON, each once: final ones while the batch runs, the others at its end. */
export class RowStream implements LiveOutput {
  /** An earlier process of the same job has another id: its readers were others. */
  readonly by: string = randomUUID();
  #writing: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly job: Pick<PreparedJob, 'input' | 'results' | 'summary'>,
    private readonly sinks: readonly TextSink[],
  ) {}

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

  /** Gives out the remaining rows, once the batch has ended. */
  async complete(noResult: NoResult): Promise<void> {
    const { input, results, summary } = this.job;
    const isOut = ({ givenOutBy }: { givenOutBy?: string }): boolean => givenOutBy === this.by;
    const left = outputRows(input, results, summary.columns.length, noResult, isOut);
    for await (const page of inPages(left, PAGE_ROWS)) await this.#write(page);
    for (const sink of this.sinks) await sink.complete();
  }

  /** Removes what was written, if that is possible. */
  async discard(): Promise<void> {
    await this.#writing.catch(() => undefined);
    for (const sink of this.sinks) await sink.discard();
  }

  /** One page after the other, so that lines do not mix. */
  #write(rows: readonly OutputRow[]): Promise<void> {
    if (rows.length === 0) return Promise.resolve();
    const text = rows.map((row) => `${jsonLine(row, this.job.summary.columns)}\n`).join('');
    const written = this.#writing.then(async () => {
      for (const sink of this.sinks) await sink.write(text);
    });
    this.#writing = written;
    return written;
  }
}

/** The input's values are put in as they were written: a number may have more digits than the language keeps. */
function jsonLine(row: OutputRow, columns: readonly string[]): string {
  const input = columns.map((name, index) => `${JSON.stringify(name)}:${cellJson(row.cells[index] ?? '')}`).join(',');
  const { number, status, message, fields, actionRunId, reusedFrom } = row;
  const rest = { status, message, result: fields, action_run_id: actionRunId, reused_from: reusedFrom };
  return withoutControls(`{"row":${number},"input":{${input}},${JSON.stringify(rest).slice(1)}`);
}
