import { setTimeout as delay } from 'node:timers/promises';
import { Presets, SingleBar } from 'cli-progress';
import type { BatchProgress, EnrichBatchResult } from '../../contracts/enrich-batch.js';
import { durationText } from '../../model/text.js';
import type { Batch } from './start-batch.js';

/** How often a batch is asked how it stands. */
export const PROGRESS_INTERVAL_MS = 500;

/** Queries the progress of a batch, once for all who want to know. */
export class ProgressWatch {
  /** The last answer. */
  latest: BatchProgress | undefined;
  readonly #pauses = new AbortController();
  #next = this.#look(0);

  constructor(private readonly batch: Pick<Batch, 'statusNow'>) {}

  /** Resolves with the next answer; `undefined` if the batch could not be queried. */
  next(): Promise<BatchProgress | undefined> {
    return this.#next;
  }

  /** Queries once more and then stops. Resolves with the last answer, which is older than the call only if that query fails. */
  async stop(): Promise<BatchProgress | undefined> {
    this.#pauses.abort();
    await this.#next;
    await this.#ask();
    return this.latest;
  }

  async #look(afterMs: number): Promise<BatchProgress | undefined> {
    await delay(afterMs, undefined, { signal: this.#pauses.signal }).catch(() => undefined);
    if (this.#pauses.signal.aborted) return undefined;
    const progress = await this.#ask();
    this.#next = this.#look(PROGRESS_INTERVAL_MS);
    return progress;
  }

  /** A query fails while the worker is away. A batch that has ended, with no worker left, must not be asked for ever. */
  async #ask(): Promise<BatchProgress | undefined> {
    const progress = await this.batch.statusNow().catch(() => undefined);
    this.latest = progress ?? this.latest;
    return progress;
  }
}

const SILENCE_MS = 15_000;
const FORMAT =
  '{bar} {percentage}% | {value}/{total} items | {failed} failed | {rate}/s | {duration_formatted}, {left} left{state}';
const NARROW_FORMAT = '{value}/{total} {failed} failed {left}{state}';
const WIDEST_BAR = 40;
/** What stands beside the bar, with numbers of seven digits. */
const BESIDE_BAR = 76;

/** How progress is written on a terminal of so many columns. Without one there is room for all. */
export function barLayout(columns = WIDEST_BAR + BESIDE_BAR): { format: string; barsize: number } {
  if (columns < BESIDE_BAR + 4) return { format: NARROW_FORMAT, barsize: 0 };
  return { format: FORMAT, barsize: Math.min(WIDEST_BAR, columns - BESIDE_BAR) };
}

/**
 * Shows the progress of a batch until `finished` settles: a bar on a terminal, a line every two seconds elsewhere. Stops the
 * watch if `finished` resolves; if it rejects, there may be nobody to answer a last query. Where the last query fails, the
 * batch's result says what was done.
 *
 * @param total the items the batch will have; the batch itself may not know yet
 * @param onSilence called each time the batch has not answered for 15 seconds
 */
export async function showProgress<T extends Ending>(
  watch: ProgressWatch,
  total: number,
  finished: Promise<T>,
  onSilence: () => void,
): Promise<T> {
  // The bar is written on standard error.
  const options = { ...barLayout(process.stderr.columns), hideCursor: true, noTTYOutput: true, notTTYSchedule: 2_000 };
  const bar = new SingleBar(options, Presets.shades_classic);
  const over = finished.then(
    () => 'over' as const,
    () => 'over' as const,
  );
  const silence = setTimeout(onSilence, SILENCE_MS);
  try {
    for (;;) {
      const progress = await Promise.race([over, watch.next()]);
      if (progress === 'over') break;
      if (!progress) continue;
      silence.refresh();
      show(bar, progress, total);
    }
    const result = await finished;
    const last = await watch.stop();
    if (last) show(bar, { ...last, ...doneAtEnd(result) }, total);
    return result;
  } finally {
    clearTimeout(silence);
    bar.stop();
  }
}

type Ending = { readonly outcome: string } & Partial<Pick<EnrichBatchResult, 'succeeded' | 'failed'>>;

function doneAtEnd({ succeeded, failed }: Ending): Partial<BatchProgress> {
  return succeeded === undefined || failed === undefined ? {} : { done: succeeded + failed, failed };
}

function show(bar: SingleBar, progress: BatchProgress, total: number): void {
  const { done, failed, itemsPerSecond, paused, cancelRequested } = progress;
  const state = cancelRequested ? ' | cancelling' : paused ? ' | paused: signal resume goes on' : '';
  const shown = { failed, rate: itemsPerSecond, left: timeLeft(total - done, itemsPerSecond), state };
  if (bar.isActive) bar.update(done, shown);
  else bar.start(total, done, shown);
}

/** As `1h02m`, `3m05s` or `8s`. */
export function timeLeft(items: number, itemsPerSecond: number): string {
  if (items <= 0) return '0s';
  if (itemsPerSecond <= 0) return '…';
  return durationText(Math.ceil(items / itemsPerSecond));
}
