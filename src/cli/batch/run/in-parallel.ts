/**
 * Works on what comes, at most `limit` at a time. Rejects with the first failure: nothing more is begun then, and what is
 * under way is let go.
 */
export async function inParallel<T>(
  source: AsyncIterable<T> | Iterable<T>,
  limit: number,
  work: (value: T) => Promise<void>,
): Promise<void> {
  const underWay = new Set<Promise<void>>();
  for await (const value of source) {
    const task = work(value);
    underWay.add(task);
    const leave = (): boolean => underWay.delete(task);
    task.then(leave, () => undefined);
    if (underWay.size >= limit) await Promise.race(underWay);
  }
  await Promise.all(underWay);
}
