import { setTimeout as delay } from 'node:timers/promises';
import type { BatchProgress } from '../../contracts/enrich-batch.js';
import type { Batch } from './batch.js';

const EVERY_MS = 500;

/** Asks a batch how far it is, once for everybody who wants to know. */
export class ProgressWatch {
  /** The last answer. */
  latest: BatchProgress | undefined;
  readonly #pauses = new AbortController();
  #next = this.#look(0);

  constructor(private readonly batch: Pick<Batch, 'status'>) {}

  /** Resolves with the next answer; `undefined` where the batch could not be asked. */
  next(): Promise<BatchProgress | undefined> {
    return this.#next;
  }

  /** Asks once more, and no more: resolves with the last answer, which is none from before the call if the batch can be asked. */
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
    this.#next = this.#look(EVERY_MS);
    return progress;
  }

  /** A batch whose worker is away answers later. */
  async #ask(): Promise<BatchProgress | undefined> {
    const progress = await this.batch.status().catch(() => undefined);
    this.latest = progress ?? this.latest;
    return progress;
  }
}
