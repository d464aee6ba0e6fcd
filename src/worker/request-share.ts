import { setTimeout as delay } from 'node:timers/promises';
import type { NativeConnection } from '@temporalio/worker';

/** Which worker this is, and where it looks for others. */
export interface PresenceOptions {
  readonly connection: NativeConnection;
  readonly namespace: string;
  readonly taskQueue: string;
  /** This worker's, as the task queue shows it: see `workerIdentity`. */
  readonly identity: string;
}

/** The workers of a task queue that are alive, as Temporal counts them. */
export interface Presence {
  /** Identities, this worker's included; empty until Temporal has shown it. */
  workers(): ReadonlySet<string>;
  /** Since when Temporal has shown this worker, by `performance.now`; undefined before. */
  seenSinceMs(): number | undefined;
  /** Looks now. */
  look(): Promise<void>;
  stop(): Promise<void>;
}

const LOOK_EVERY_MS = 2_000;
/** A poll of the task queue for work waits for a minute at the server; this one comes back at once, and tells who is alive. */
const ANNOUNCE_EVERY_MS = 3_000;
/** Four announcements have been missed. */
export const GONE_AFTER_MS = 12_000;

/** Announces this worker and watches who else serves the task queue. One that was killed is gone after 12 seconds. */
export function watchPresence({ connection, namespace, taskQueue, identity }: PresenceOptions): Presence {
  const queue = { name: `${taskQueue}/workers` };
  let workers: ReadonlySet<string> = new Set();
  let seenSinceMs: number | undefined;
  const ended = new AbortController();

  const look = async (): Promise<void> => {
    const { pollers } = await connection.workflowService.describeTaskQueue({ namespace, taskQueue: queue });
    workers = livePollers(pollers, GONE_AFTER_MS);
    if (workers.has(identity)) seenSinceMs ??= performance.now();
  };
  const announce = async (): Promise<void> => {
    const poll = () => connection.workflowService.pollWorkflowTaskQueue({ namespace, taskQueue: queue, identity });
    while (!ended.signal.aborted) {
      // No task ever comes here: the poll ends at its deadline, and Temporal has noted who polled.
      await connection
        .withDeadline(Date.now() + ANNOUNCE_EVERY_MS, () => connection.withAbortSignal(ended.signal, poll))
        .catch(() => delay(500, undefined, { signal: ended.signal }).catch(() => undefined));
    }
  };
  // A Temporal that is away tells nothing new; the last count stands.
  const ticker = setInterval(() => void look().catch(() => undefined), LOOK_EVERY_MS);
  ticker.unref();
  const announcing = announce();
  return {
    workers: () => workers,
    seenSinceMs: () => seenSinceMs,
    look,
    stop: async () => {
      clearInterval(ticker);
      ended.abort();
      await announcing;
    },
  };
}

/** Until every other worker has looked and given way. */
const GIVE_WAY_MS = 2 * LOOK_EVERY_MS + 1_000;

/** This worker's part of a rate that holds over all workers: 0 while it is not known how many share it. */
export function shareOf(perSecond: number, presence: Presence): number {
  const seenSinceMs = presence.seenSinceMs();
  const isKnown = seenSinceMs !== undefined && performance.now() - seenSinceMs >= GIVE_WAY_MS;
  return isKnown && presence.workers().size > 0 ? perSecond / presence.workers().size : 0;
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

/** Who has polled lately: by the newest poll and not by a clock of ours, because the server's may differ. */
export function livePollers(shown: readonly PollerInfo[], goneAfterMs: number): Set<string> {
  const pollers = shown.map(readPoller);
  const newestMs = Math.max(0, ...pollers.map(({ lastAccessMs }) => lastAccessMs));
  const isLive = ({ lastAccessMs }: Poller): boolean => newestMs - lastAccessMs < goneAfterMs;
  return new Set(pollers.filter(isLive).map(({ identity }) => identity));
}
