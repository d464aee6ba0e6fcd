/** Groups values into pages of at most `size`. */
export async function* inPages<T>(values: AsyncIterable<T>, size: number): AsyncGenerator<T[]> {
  let page: T[] = [];
  for await (const value of values) {
    if (page.push(value) < size) continue;
    yield page;
    page = [];
  }
  if (page.length > 0) yield page;
}

/**
 * Works on the values of `source`, at most `limit` at a time. Rejects with the first failure, also while it waits for the next
 * value. No further work is started then, and nobody waits for the work that is pending.
 */
export async function inParallel<T>(
  source: AsyncIterable<T> | Iterable<T>,
  limit: number,
  work: (value: T) => Promise<void>,
): Promise<void> {
  const pending = new Set<Promise<void>>();
  let fail: (reason: unknown) => void = () => undefined;
  const failure = new Promise<never>((_resolve, reject) => (fail = reject));
  failure.catch(() => undefined);
  const values = Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
  for (;;) {
    const next = await Promise.race([values.next(), failure]);
    if (next.done === true) break;
    const task = work(next.value).then(() => {
      pending.delete(task);
    }, fail);
    pending.add(task);
    if (pending.size >= limit) await Promise.race([...pending, failure]);
  }
  await Promise.race([Promise.all(pending), failure]);
}
