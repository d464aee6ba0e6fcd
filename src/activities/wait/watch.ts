import { setMaxListeners } from 'node:events';
import { CompleteAsyncError, Context } from '@temporalio/activity';
import { toFailure, notYet, withoutPaths } from '../failures.js';
import type { Heartbeat } from '../heartbeat.js';

/** The part of Temporal's client by which an activity goes on after it has given its slot back: `client.activity`. */
export interface Completion {
  heartbeat(taskToken: Uint8Array, details: unknown): Promise<void>;
  complete(taskToken: Uint8Array, result: unknown): Promise<void>;
  fail(taskToken: Uint8Array, error: unknown): Promise<void>;
  reportCancellation(taskToken: Uint8Array): Promise<void>;
}

/**
 * Attempts that stay in this worker without a slot of it: they cost Temporal a heartbeat now and then, where an attempt a poll
 * would cost it several writes. A worker has one.
 */
export interface Watch {
  /** False while the worker ends, and if it watches as many as it can hold. */
  readonly hasRoom: boolean;
  /**
   * Goes on with `work` after the activity that calls this has given its slot back. Heartbeats every `reportMs` with the details
   * reported last.
   *
   * @throws CompleteAsyncError always: the worker's word for that
   */
  continueWithoutSlot(reportMs: number, work: (heartbeat: Heartbeat) => Promise<unknown>): never;
  /** Gives every attempt back to Temporal, for another worker to take at once, and takes no more. */
  handBack(): Promise<void>;
}

/** A watched run holds about 20 kB. */
const MOST_WATCHED = 20_000;

/** Why work ends that nobody waits for any more. */
type End = 'handedBack' | 'cancelled' | 'gone';

interface Watched {
  end(how: End): void;
  readonly isOver: Promise<void>;
}

/** Makes a {@link Watch}. @param most how many attempts it holds at a time */
export function createWatch(completion: Completion, most = MOST_WATCHED): Watch {
  const all = new Set<Watched>();
  let isClosed = false;
  return {
    get hasRoom() {
      return !isClosed && all.size < most;
    },
    continueWithoutSlot: (reportMs, work) => {
      const { info } = Context.current();
      const details: unknown = info.heartbeatDetails;
      const watched = start(completion, info.taskToken, { reportMs, details }, work);
      all.add(watched);
      void watched.isOver.then(() => all.delete(watched));
      throw new CompleteAsyncError();
    },
    handBack: async () => {
      isClosed = true;
      for (const watched of all) watched.end('handedBack');
      await Promise.all([...all].map(({ isOver }) => isOver));
    },
  };
}

function start(
  completion: Completion,
  taskToken: Uint8Array,
  { reportMs, details }: { readonly reportMs: number; readonly details: unknown },
  work: (heartbeat: Heartbeat) => Promise<unknown>,
): Watched {
  const abort = new AbortController();
  const { signal } = abort;
  setMaxListeners(0, signal);
  let end: End | undefined;
  const endAs = (how: End): void => {
    end ??= how;
    abort.abort();
  };
  let latest = details;
  const tell = (): void => {
    completion.heartbeat(taskToken, latest).catch((error: unknown) => {
      const how = endOf(error);
      if (how) endAs(how);
    });
  };
  const ticker = setInterval(tell, reportMs);
  const report = (newest: unknown): void => {
    latest = newest;
  };
  const isOver = work({ signal, report })
    .then(
      (result) => completion.complete(taskToken, result),
      (error: unknown) => {
        if (end === 'gone') return;
        if (end === 'cancelled') return completion.reportCancellation(taskToken);
        if (end === 'handedBack') return completion.fail(taskToken, notYet(HANDED_BACK, { nextRetryDelay: 1 }));
        return completion.fail(taskToken, withoutPaths(toFailure(error)));
      },
    )
    // Temporal is away, or does not wait for this attempt any more: if it does, its heartbeat timeout brings another.
    .catch(() => undefined)
    .finally(() => {
      clearInterval(ticker);
    });
  return { end: endAs, isOver };
}

const HANDED_BACK = 'This worker has given it back: another attempt goes on.';

const ENDS: ReadonlyMap<string, End> = new Map([
  ['ActivityCancelledError', 'cancelled'],
  ['ActivityNotFoundError', 'gone'],
  ['ActivityPausedError', 'handedBack'],
  ['ActivityResetError', 'handedBack'],
]);

/** What a heartbeat that is refused says; undefined if it just did not get through. By name: the client is no part of this layer. */
function endOf(error: unknown): End | undefined {
  const name = error instanceof Error ? error.name : '';
  return ENDS.get(name);
}
