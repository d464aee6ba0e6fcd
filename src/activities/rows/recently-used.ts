/** Keeps what was used last, up to a size; what has not been used for longest goes first. */
export class RecentlyUsed<T> {
  readonly #kept = new Map<string, { readonly value: T; readonly size: number }>();
  #size = 0;

  constructor(
    private readonly maxSize: number,
    private readonly sizeOf: (value: T) => number,
  ) {}

  peek(key: string): T | undefined {
    const kept = this.#kept.get(key);
    if (!kept) return undefined;
    this.#kept.delete(key);
    this.#kept.set(key, kept);
    return kept.value;
  }

  async get(key: string, make: () => Promise<T>): Promise<T> {
    const known = this.peek(key);
    if (known !== undefined) return known;
    const value = await make();
    this.put(key, value);
    return value;
  }

  put(key: string, value: T): void {
    this.#size -= this.#kept.get(key)?.size ?? 0;
    this.#kept.delete(key);
    const size = this.sizeOf(value);
    this.#kept.set(key, { value, size });
    this.#size += size;
    for (const [oldest, { size: ofOldest }] of this.#kept) {
      if (this.#size <= this.maxSize || this.#kept.size === 1) return;
      this.#kept.delete(oldest);
      this.#size -= ofOldest;
    }
  }
}
