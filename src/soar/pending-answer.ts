/** One answer that several callers wait for, each with a signal of its own. */
export class PendingAnswer<T> {
  private readonly answer: Promise<T>;
  private settle: { resolve: (value: T) => void; reject: (error: unknown) => void } | undefined;
  private waiting = 0;

  constructor() {
    this.answer = new Promise((resolve, reject) => {
      this.settle = { resolve, reject };
    });
    // When every caller has gone away, nobody is left to hear of a failure.
    this.answer.catch(() => undefined);
  }

  /** False once every caller has gone away. */
  get isWanted(): boolean {
    return this.waiting > 0;
  }

  get isSettled(): boolean {
    return this.settle === undefined;
  }

  /** Waits for the answer, or rejects with the signal's own reason, for this caller only. */
  async join(signal?: AbortSignal): Promise<T> {
    signal?.throwIfAborted();
    this.waiting += 1;
    try {
      if (signal !== undefined) await this.settledOrAborted(signal);
      return await this.answer;
    } finally {
      this.waiting -= 1;
    }
  }

  resolve(value: T): void {
    this.settle?.resolve(value);
    this.settle = undefined;
  }

  reject(error: unknown): void {
    this.settle?.reject(error);
    this.settle = undefined;
  }

  private async settledOrAborted(signal: AbortSignal): Promise<void> {
    await new Promise<void>((resolve) => {
      const done = (): void => {
        signal.removeEventListener('abort', done);
        resolve();
      };
      signal.addEventListener('abort', done);
      this.answer.then(done, done);
    });
    signal.throwIfAborted();
  }
}
