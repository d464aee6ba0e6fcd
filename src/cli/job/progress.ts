import { Presets, SingleBar } from 'cli-progress';
import type { BatchProgress } from '../../contracts/enrich-batch.js';
import type { ProgressWatch } from './progress-watch.js';

const SILENCE_MS = 15_000;
const FORMAT =
  '{bar} {percentage}% | {value}/{total} items | {failed} failed | {rate}/s | {duration_formatted}, {left} left{state}';

/**
 * Shows how far a batch is until `finished` settles: a bar on a terminal, a line every two seconds elsewhere. Stops the watch
 * where it went well; where it did not, nobody may be there to answer.
 *
 * @param total items the batch will have, known or not to the batch itself
 * @param onSilence called each time the batch has not answered for 15 seconds
 */
export async function showProgress<T>(
  watch: ProgressWatch,
  total: number,
  finished: Promise<T>,
  onSilence: () => void,
): Promise<T> {
  const bar = new SingleBar(
    { format: FORMAT, hideCursor: true, noTTYOutput: true, notTTYSchedule: 2_000 },
    Presets.shades_classic,
  );
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
    if (last) show(bar, last, total);
    return result;
  } finally {
    clearTimeout(silence);
    bar.stop();
  }
}

function show(bar: SingleBar, progress: BatchProgress, total: number): void {
  const { done, failed, itemsPerSecond } = progress;
  const shown = {
    failed,
    rate: itemsPerSecond,
    left: timeLeft(total - done, itemsPerSecond),
    state: stateOf(progress),
  };
  if (bar.isActive) bar.update(done, shown);
  else bar.start(total, done, shown);
}

function stateOf({ paused, cancelRequested }: BatchProgress): string {
  if (cancelRequested) return ' | cancelling';
  return paused ? ' | paused: signal resume goes on' : '';
}

/** As `1h02m`, `3m05s` or `8s`. */
export function timeLeft(items: number, itemsPerSecond: number): string {
  if (items <= 0) return '0s';
  if (itemsPerSecond <= 0) return '…';
  const seconds = Math.ceil(items / itemsPerSecond);
  const [hours, minutes] = [Math.floor(seconds / 3_600), Math.floor((seconds % 3_600) / 60)];
  const twoDigits = (value: number): string => String(value).padStart(2, '0');
  if (hours > 0) return `${hours}h${twoDigits(minutes)}m`;
  return minutes > 0 ? `${minutes}m${twoDigits(seconds % 60)}s` : `${seconds}s`;
}
