import type { BatchChild } from './batch-child.js';

/** The children of a batch that have not ended. */
export class ChildrenInFlight {
  readonly #children = new Set<BatchChild>();

  get count(): number {
    return this.#children.size;
  }

  get runs(): number {
    return [...this.#children].reduce((sum, { packs }) => sum + packs.length, 0);
  }

  get items(): number {
    return [...this.#children].reduce((sum, { items }) => sum + items, 0);
  }

  /** The number of the first that Temporal does not have yet; `Infinity` where it has all. */
  get firstNotStarted(): number {
    return Math.min(...[...this.#children].filter(({ isStarted }) => !isStarted).map(({ number }) => number));
  }

  add(child: BatchChild): void {
    this.#children.add(child);
  }

  remove(child: BatchChild): void {
    this.#children.delete(child);
  }

  async cancel(reason: string): Promise<void> {
    await Promise.all([...this.#children].map((child) => child.cancel(reason)));
  }
}
