import { setTimeout as delay } from 'node:timers/promises';
import { Presets, SingleBar } from 'cli-progress';
import type { BatchProgress } from '../../contracts/enrich-batch.js';

const EVERY_MS = 400;
const FORMAT = '{bar} {percentage}% | {value}/{total} addresses | {failed} failed | {duration_formatted}, {eta_formatted} left';

/** Shows how far a batch is until `finished` settles: a bar on a terminal, a line every two seconds elsewhere. */
export async function showProgress(status: () => Promise<BatchProgress>, finished: Promise<unknown>): Promise<void> {
  const bar = new SingleBar({ format: FORMAT, hideCursor: true, noTTYOutput: true, notTTYSchedule: 2_000 }, Presets.shades_classic);
  let isOver = false;
  const over = finished.catch(() => undefined).then(() => (isOver = true));
  while (!isOver) {
    const progress = await Promise.race([status().catch(() => undefined), over.then(() => undefined)]);
    if (progress) show(bar, progress);
    await Promise.race([delay(EVERY_MS, undefined, { ref: false }), over]);
  }
  const last = await status().catch(() => undefined);
  if (last) show(bar, last);
  bar.stop();
}

function show(bar: SingleBar, { distinct, done, failed }: BatchProgress): void {
  if (bar.isActive) bar.update(done, { failed });
  else bar.start(distinct, done, { failed });
}
