const MAX_VALUES = 2_000;

/** Counts how often values come up, in memory that does not grow with their number. */
export class ValueCounts {
  readonly #counts = new Map<string, number>();
  #total = 0;
  #uncounted = 0;

  add(value: string): void {
    this.#total += 1;
    const known = this.#counts.get(value);
    if (known === undefined && this.#counts.size >= MAX_VALUES) this.#uncounted += 1;
    else this.#counts.set(value, (known ?? 0) + 1);
  }

  /** True where there are several values, and they repeat: where a chart of them tells something. */
  get sortsIntoGroups(): boolean {
    return this.#uncounted === 0 && this.#counts.size > 1 && this.#counts.size <= this.#total / 2;
  }

  /** The most frequent values. */
  top(count: number): (readonly [value: string, count: number])[] {
    return [...this.#counts].sort(([, a], [, b]) => b - a).slice(0, count);
  }
}
