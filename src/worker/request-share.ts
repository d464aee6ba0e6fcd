import type { NativeConnection } from '@temporalio/worker';

/** Which workers share a rate. */
export interface RequestShareOptions {
  readonly connection: NativeConnection;
  readonly namespace: string;
  readonly taskQueue: string;
  /** This worker's, as the task queue shows it. */
  readonly identity: string;
  /** For all workers of the queue together. */
  readonly perSecond: number;
}

/** This worker's part of a rate that holds over all workers. */
export interface RequestShare {
  /** Requests a second; 0 while it is not known how many share. */
  perSecond(): number;
  stop(): void;
}

const LOOK_EVERY_MS = 2_000;
/** Until every other worker has looked and given way. */
const GIVE_WAY_MS = 2 * LOOK_EVERY_MS + 1_000;
/** A poll waits for up to a minute at the server: who has not begun one since is gone. */
const GONE_AFTER_MS = 70_000;

/**
 * Shares a rate evenly among the workers that poll the task queue, as Temporal counts them. A worker that joins sends
 * nothing until the others have had the time to see it; the part of one that is gone is shared out after 70 seconds.
 */
export function watchRequestShare(options: RequestShareOptions): RequestShare {
  const { connection, namespace, taskQueue, identity, perSecond } = options;
  let workers = 0;
  let seenSinceMs: number | undefined;
  const look = async (): Promise<void> => {
    // Of the two queues by this name the one for workflow tasks: every worker of ours polls both.
    const { pollers } = await connection.workflowService.describeTaskQueue({
      namespace,
      taskQueue: { name: taskQueue },
    });
    const identities = livePollers(pollers.map(readPoller));
    workers = identities.size;
    if (identities.has(identity)) seenSinceMs ??= performance.now();
  };
  // A Temporal that is away tells nothing new; the last count stands.
  const ticker = setInterval(() => void look().catch(() => undefined), LOOK_EVERY_MS);
  ticker.unref();
  void look().catch(() => undefined);
  return {
    perSecond: () => {
      const isKnown = seenSinceMs !== undefined && performance.now() - seenSinceMs >= GIVE_WAY_MS;
      return isKnown && workers > 0 ? perSecond / workers : 0;
    },
    stop: () => {
      clearInterval(ticker);
    },
  };
}

interface Poller {
  readonly identity: string;
  readonly lastAccessMs: number;
}

interface PollerInfo {
  readonly identity?: string | null;
  readonly lastAccessTime?: { readonly seconds?: { toString(): string } | number | null } | null;
}

function readPoller({ identity, lastAccessTime }: PollerInfo): Poller {
  return { identity: identity ?? '', lastAccessMs: Number(String(lastAccessTime?.seconds ?? 0)) * 1_000 };
}

/** By the newest poll and not by a clock of ours: the server's may differ. */
function livePollers(pollers: readonly Poller[]): Set<string> {
  const newestMs = Math.max(0, ...pollers.map(({ lastAccessMs }) => lastAccessMs));
  return new Set(
    pollers.filter(({ lastAccessMs }) => newestMs - lastAccessMs < GONE_AFTER_MS).map(({ identity }) => identity),
  );
}
