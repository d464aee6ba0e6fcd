import { setTimeout as delay } from 'node:timers/promises';
import type { BatchProgress } from '../../../contracts/enrich-batch.js';
import type { Batch } from './batch.js';

const EVERY_MS = 500;

/** Asks a batch how far it is, once for everybody who wants to know. */
export class ProgressWatch {
  /** The last answer. */
  latest: BatchProgress | undefined;
  readonly #pauses = new AbortController();
  #next = this.#look(0);

  constructor(private readonly batch: Batch) {}

  /** Resolves with the next answer; `undefined` where the batch could not be asked. */
  next(): Promise<BatchProgress | undefined> {
    return this.#next;
  }

  /** Asks once more, and no more: resolves with the last answer. */
  async stop(): Promise<BatchProgress | undefined> {
    const underWay = this.#next;
    this.#pauses.abort();
    await underWay;
    return this.latest;
  }

  async #look(afterMs: number): Promise<BatchProgress | undefined> {
    await delay(afterMs, undefined, { signal: this.#pauses.signal }).catch(() => undefined);
    // A batch whose worker is away answers later.
    const progress = await this.batch.status().catch(() => undefined);
    this.latest = progress ?? this.latest;
    if (!this.#pauses.signal.aborted) this.#next = this.#look(EVERY_MS);
    return progress;
  }
}
