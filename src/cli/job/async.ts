/**
 * Works on what comes, at most `limit` at a time. Rejects with the first failure, also while it waits for more to come:
 * nothing is begun then, and what is under way is let go.
 */
export async function inParallel<T>(
  source: AsyncIterable<T> | Iterable<T>,
  limit: number,
  work: (value: T) => Promise<void>,
): Promise<void> {
  const underWay = new Set<Promise<void>>();
  let fail: (reason: unknown) => void = () => undefined;
  const failure = new Promise<never>((_resolve, reject) => (fail = reject));
  failure.catch(() => undefined);
  const values = Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
  for (;;) {
    const next = await Promise.race([values.next(), failure]);
    if (next.done === true) break;
    const task = work(next.value).then(() => {
      underWay.delete(task);
    }, fail);
    underWay.add(task);
    if (underWay.size >= limit) await Promise.race([...underWay, failure]);
  }
  await Promise.race([Promise.all(underWay), failure]);
}
