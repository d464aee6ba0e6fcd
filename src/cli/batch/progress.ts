import { setTimeout as delay } from 'node:timers/promises';
import { Presets, SingleBar } from 'cli-progress';
import type { BatchProgress } from '../../contracts/enrich-batch.js';

const EVERY_MS = 400;
const FORMAT =
  '{bar} {percentage}% | {value}/{total} addresses | {failed} failed | {duration_formatted}, {eta_formatted} left';

/** Shows how far a batch is until `finished` settles: a bar on a terminal, a line every two seconds elsewhere. */
export async function showProgress(status: () => Promise<BatchProgress>, finished: Promise<unknown>): Promise<void> {
  const bar = new SingleBar(
    { format: FORMAT, hideCursor: true, noTTYOutput: true, notTTYSchedule: 2_000 },
    Presets.shades_classic,
  );
  const over = finished.then(
    () => true,
    () => true,
  );
  do {
    const progress = await Promise.race([status().catch(() => undefined), over]);
    if (typeof progress === 'object') show(bar, progress);
  } while (!(await Promise.race([delay(EVERY_MS, false, { ref: false }), over])));
  const last = await status().catch(() => undefined);
  if (last) show(bar, last);
  bar.stop();
}

function show(bar: SingleBar, { distinct, done, failed }: BatchProgress): void {
  if (bar.isActive) bar.update(done, { failed });
  else bar.start(distinct, done, { failed });
}
