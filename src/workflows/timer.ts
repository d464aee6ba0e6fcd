import { CancellationScope, isCancellation, sleep } from '@temporalio/workflow';

/** Runs `work`; if it takes longer than `ms`, `onExpire` is called. The timer ends with the work, and the UI shows its summary. */
export async function withTimer<T>(
  ms: number,
  summary: string,
  onExpire: () => void,
  work: () => Promise<T>,
): Promise<T> {
  const timer = new CancellationScope();
  const expire = async (): Promise<void> => {
    await sleep(ms, { summary });
    onExpire();
  };
  const expired = timer.run(expire).catch(ignoreCancellation);
  try {
    return await work();
  } finally {
    timer.cancel();
    await expired;
  }
}

function ignoreCancellation(error: unknown): void {
  if (!isCancellation(error)) throw error;
}
