import { setTimeout as delay } from 'node:timers/promises';
import type { Connection } from '@temporalio/client';

/** Together they say that Temporal is away within two seconds, and again every ten. */
const LOOK_EVERY_MS = 900;
const ANSWER_WITHIN_MS = 1_000;
const SAY_EVERY_MS = 10_000;

/** Says while Temporal does not answer, and when it answers again. Resolves once `signal` ends it. */
export async function watchTemporal(
  connection: Pick<Connection, 'withDeadline' | 'workflowService'>,
  address: string,
  say: (text: string) => void,
  signal: AbortSignal,
): Promise<void> {
  let saidAt: number | undefined;
  const isOver = (): boolean => signal.aborted;
  while (!isOver()) {
    const answers = await connection
      .withDeadline(Date.now() + ANSWER_WITHIN_MS, () => connection.workflowService.getSystemInfo({}))
      .then(
        () => true,
        () => false,
      );
    if (isOver()) return;
    if (!answers && Date.now() - (saidAt ?? 0) >= SAY_EVERY_MS) {
      say(`Temporal at ${address} does not answer. Nothing is lost: the job goes on as soon as it does.`);
      saidAt = Date.now();
    }
    if (answers && saidAt !== undefined) {
      say(`Temporal at ${address} answers again.`);
      saidAt = undefined;
    }
    await delay(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
}

const FIRST_SAID_MS = 1_500;

/** Says, while somebody waits for a first connection, that there is none yet. */
export async function sayWhileConnecting<T>(
  connecting: Promise<T>,
  address: string,
  say: (text: string) => void,
): Promise<T> {
  const tell = (): void => {
    say(`Temporal at ${address} has not answered yet; still trying.`);
  };
  const first = setTimeout(tell, FIRST_SAID_MS);
  const again = setInterval(tell, SAY_EVERY_MS);
  try {
    return await connecting;
  } finally {
    clearTimeout(first);
    clearInterval(again);
  }
}
