import { setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import { cutValue } from '../model/search-attributes.js';
import { describeBatch, progressLine } from '../model/batch-state.js';
import type { BatchProgress } from '../model/batch-state.js';
import { KEYS } from './search-attributes.js';

/** Each publication is an event of the history. */
const PUBLISH_EVERY_MS = 10_000;

/** What a batch shows of itself in the Temporal UI: current details at every change, search attributes now and then. */
export class BatchView {
  #publishedAtMs = -Infinity;

  constructor(readonly action: string) {}

  show(progress: BatchProgress): void {
    setCurrentDetails(describeBatch(this.action, progress));
    if (Date.now() - this.#publishedAtMs >= PUBLISH_EVERY_MS) this.publish(progress, stateOf(progress));
  }

  publish(progress: BatchProgress, state: string): void {
    this.#publishedAtMs = Date.now();
    upsertSearchAttributes([
      { key: KEYS.action, value: cutValue(this.action) },
      { key: KEYS.state, value: state },
      { key: KEYS.progress, value: progressLine(progress) },
    ]);
  }
}

function stateOf({ cancelRequested, paused }: BatchProgress): string {
  if (cancelRequested) return 'cancelling';
  return paused ? 'paused' : 'running';
}
