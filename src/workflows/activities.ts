import {
  ActivityFailure,
  ApplicationFailure,
  isCancellation,
  proxyActivities,
  proxyLocalActivities,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import type { ActivityInterfaceFor, ActivityOptions } from '@temporalio/workflow';
import type { FoundRun, KnownRun, LookUp, SeenProblem, Sight, SoarActivities, WaitInput } from '../activities/index.js';
import { SOAR_ERROR_CODES } from '../model/error-codes.js';
import type { PostFate } from '../model/error-codes.js';
import { isObject } from '../model/json.js';
import { fairPriority, isUrgentPriority } from '../model/options.js';
import type { CancelAnswer } from '../model/run-state.js';
import { cutToBytes, cut, MAX_SUMMARY_BYTES } from '../model/text.js';
import { ACTIVITY_TIMEOUTS, POLL_BACKOFF, QUICK_READ_MS, WATCHES } from '../model/timeouts-and-intervals.js';
import { hasFields, isCancelAnswer, isSight, isSomeRun } from './shapes.js';

type Proxy = ActivityInterfaceFor<SoarActivities>;

const POLL_RETRY = {
  initialInterval: POLL_BACKOFF.initialIntervalMs,
  backoffCoefficient: POLL_BACKOFF.backoffCoefficient,
  maximumInterval: POLL_BACKOFF.maximumIntervalMs,
};

// The documented default of cancellationType is not the real one (TRY_CANCEL), so each kind says what it means.
const KINDS = {
  /**
   * The POST that creates a run. A timeout is not retried by Temporal but comes back to the workflow, which looks in SOAR
   * first; `TemporalTimeout:` is the server's own prefix for timeouts in this list.
   */
  submit: {
    startToCloseTimeout: ACTIVITY_TIMEOUTS.submitMs,
    retry: { initialInterval: '1s', maximumInterval: '1m', nonRetryableErrorTypes: ['TemporalTimeout:StartToClose'] },
    cancellationType: 'WAIT_CANCELLATION_COMPLETED',
  },
  /** The POSTs of a group: a killed attempt leaves them uncertain, as above. */
  submitGroup: {
    startToCloseTimeout: ACTIVITY_TIMEOUTS.submitGroupMs,
    retry: { initialInterval: '1s', maximumInterval: '1m', nonRetryableErrorTypes: ['TemporalTimeout:StartToClose'] },
    cancellationType: 'WAIT_CANCELLATION_COMPLETED',
  },
  /** A few GETs: harmless to abandon, so a cancel does not wait for them. */
  read: {
    startToCloseTimeout: ACTIVITY_TIMEOUTS.readMs,
    heartbeatTimeout: ACTIVITY_TIMEOUTS.heartbeatMs,
    retry: { initialInterval: '1s', maximumInterval: '1m' },
    cancellationType: 'TRY_CANCEL',
  },
  /** A burst, or waiting by failing benignly: Temporal's backoff is the poll interval. */
  poll: {
    startToCloseTimeout: ACTIVITY_TIMEOUTS.pollMs,
    heartbeatTimeout: ACTIVITY_TIMEOUTS.heartbeatMs,
    retry: POLL_RETRY,
    cancellationType: 'TRY_CANCEL',
  },
  /** Watches stay for as long as the run lives; a worker that dies is missed by its heartbeats. */
  watchRecent: watchOf('recent'),
  watchOld: watchOf('old'),
  /** The POST that cancels a run: sent again until SOAR has answered. */
  cancel: {
    startToCloseTimeout: ACTIVITY_TIMEOUTS.cancelMs,
    retry: { initialInterval: '500ms', maximumInterval: '5s' },
    cancellationType: 'WAIT_CANCELLATION_COMPLETED',
  },
} as const satisfies Record<string, ActivityOptions>;

function watchOf(age: keyof typeof WATCHES) {
  return {
    startToCloseTimeout: ACTIVITY_TIMEOUTS.watchMs,
    heartbeatTimeout: WATCHES[age].heartbeatMs,
    retry: POLL_RETRY,
    cancellationType: 'TRY_CANCEL',
  } as const;
}

/** The activities as a workflow calls them: `soar('read', 'what the UI shows').fetchAppRuns(…)`. */
export function soar(kind: keyof typeof KINDS, summary: string, maximumAttempts?: number): Proxy {
  const options: ActivityOptions = { ...KINDS[kind], summary: cutToBytes(summary, MAX_SUMMARY_BYTES) };
  const retry = { ...KINDS[kind].retry, ...(maximumAttempts === undefined ? {} : { maximumAttempts }) };
  const priority = fairPriority(workflowInfo().priority?.priorityKey);
  return proxyActivities<SoarActivities>({ ...options, retry, ...(priority ? { priority } : {}) });
}

/** The checks of an input, inside the workflow task at hand. */
export const validation = proxyLocalActivities<Pick<SoarActivities, 'validateRun' | 'validateReadRows'>>({
  startToCloseTimeout: '10s',
});

/**
 * One try of a read inside the workflow task at hand: it costs no task and few events. That task takes in no signal meanwhile, so
 * the try is short, and whatever fails it is left to the activity proper. @returns undefined where there is no answer
 */
export async function quickly<T>(
  summary: string,
  isResult: (value: unknown) => value is T,
  call: (activities: Proxy) => Promise<T>,
): Promise<T | undefined> {
  if (!isUrgentPriority(workflowInfo().priority?.priorityKey)) return undefined;
  const local = proxyLocalActivities<SoarActivities>({
    startToCloseTimeout: QUICK_READ_MS,
    retry: { maximumAttempts: 1 },
    cancellationType: 'TRY_CANCEL',
    summary: cutToBytes(summary, MAX_SUMMARY_BYTES),
  });
  try {
    const value: unknown = await call(local);
    return isResult(value) ? value : undefined;
  } catch (error) {
    if (isCancellation(error)) throw error;
    await leaveAlone(postDetailsOf(error).retryAfterMs);
    return undefined;
  }
}

/** A read for as long as it takes. */
export function readPatiently<T>(
  summary: string,
  note: NoteProblem,
  isResult: (value: unknown) => value is T,
  call: (activities: Proxy) => Promise<T>,
): Promise<T> {
  return persist('read', summary, note, isResult, call);
}

/** The same of what may be there at once: tried {@link quickly} first. */
export async function readAtOnce<T>(
  summary: string,
  note: NoteProblem,
  isResult: (value: unknown) => value is T,
  call: (activities: Proxy) => Promise<T>,
): Promise<T> {
  return (await quickly(summary, isResult, call)) ?? readPatiently(summary, note, isResult, call);
}

type Waiting = 'poll' | 'watchRecent' | 'watchOld';
const WAITING = { recent: 'watchRecent', old: 'watchOld' } as const;

/** Waits until there is something to tell of the runs: the `n`th time (from 0) of a wait that began at `sinceMs`. */
export function awaitSight(
  summary: string,
  note: NoteProblem,
  { n, sinceMs }: { readonly n: number; readonly sinceMs: number },
  input: Omit<WaitInput, 'watch'>,
): Promise<Sight> {
  const watch = n === 0 ? null : Date.now() - sinceMs < WATCHES.recent.totalMs ? 'recent' : 'old';
  return persist(watch ? WAITING[watch] : 'poll', summary, note, isSight, (activities) =>
    activities.awaitActionRuns({ ...input, watch }),
  );
}

/** Is told what is wrong, and with `null` that it is over. */
export type NoteProblem = (problem: Omit<SeenProblem, 'retryAfterMs'> | null) => void;

/** Tries of an activity before the workflow is told: it shows what is wrong at once, and its history hardly grows for days. */
const ROUNDS = [2, 7, 30, 60] as const;

/** How often to try in round `n`, from 0. */
export function attemptsOfRound(n: number): number {
  return ROUNDS[Math.min(n, ROUNDS.length - 1)] ?? 60;
}

/** How often an activity was tried that has failed: Temporal tries again only what may be. */
export function triesOf(error: unknown, maximumAttempts: number | undefined): number {
  const areUsedUp = error instanceof ActivityFailure && error.retryState === 'MAXIMUM_ATTEMPTS_REACHED';
  return areUsedUp ? (maximumAttempts ?? 1) : 1;
}

/** The pause after so many tries that failed in a row, in ms. */
export function pauseAfterMs(attempts: number, maxMs = 60_000): number {
  return Math.min(1_000 * 2 ** Math.min(attempts - 1, 10), maxMs);
}

/**
 * Calls an activity until it succeeds, however long that takes. What fails it is told in rounds; somebody who ends the activity
 * by hand only starts the next round.
 *
 * @throws the failure of a call that can never be sent, whatever SOAR does
 */
export async function persist<T>(
  kind: 'read' | 'cancel' | Waiting,
  summary: string,
  note: NoteProblem,
  isResult: (value: unknown) => value is T,
  call: (activities: Proxy) => Promise<T>,
): Promise<T> {
  let attempts = 0;
  for (let round = 0; ; round += 1) {
    // A wait fails benignly for as long as the run goes on: only what is no poll of ours ends a round of it.
    const maximumAttempts = kind === 'read' || kind === 'cancel' ? attemptsOfRound(round) : undefined;
    try {
      const value: unknown = await call(soar(kind, summary, maximumAttempts));
      if (!isResult(value)) throw completedByHand();
      if (attempts > 0) note(null);
      return value;
    } catch (error) {
      if (isCancellation(error)) throw error;
      if (canNeverBeSent(error)) throw causeOf(error);
      attempts += triesOf(error, maximumAttempts);
      note({ ...problemOf(error), attempts });
      await sleep(pauseAfterMs(attempts, kind === 'cancel' ? 5_000 : 60_000), { summary: 'until the next try' });
    }
  }
}

function canNeverBeSent(error: unknown): boolean {
  const cause = causeOf(error);
  return (
    cause instanceof ApplicationFailure &&
    cause.nonRetryable === true &&
    cause.type === SOAR_ERROR_CODES.INVALID_REQUEST
  );
}

function completedByHand(): ApplicationFailure {
  return ApplicationFailure.create({
    message: 'The activity was completed by hand, without a result.',
    type: 'NoResult',
  });
}

/** What an activity failed with, without Temporal's wrapping of it. */
export function causeOf(error: unknown): unknown {
  return error instanceof ActivityFailure ? error.cause : error;
}

/** What an activity failed with, as a code and a text. */
export function problemOf(error: unknown): { readonly code: string; readonly message: string } {
  const cause = causeOf(error);
  const type = cause instanceof ApplicationFailure ? cause.type : undefined;
  const message = cause instanceof Error ? cause.message : String(cause);
  return { code: cut(type ?? SOAR_ERROR_CODES.TIMEOUT, 100), message: cut(message, 1_000) };
}

/** Asks SOAR to cancel a run until it has answered. */
export function cancelInSoar(run: KnownRun, summary: string, note: NoteProblem): Promise<CancelAnswer> {
  return persist('cancel', summary, note, isCancelAnswer, (activities) => activities.cancelActionRun(run));
}

/** Waits for runs with our tag that are not known yet: at least one. */
export function awaitOtherRun(lookUp: LookUp, summary: string, note: NoteProblem): Promise<FoundRun[]> {
  return persist('poll', summary, note, isSomeRun, (activities) => activities.awaitOtherRun(lookUp));
}

/** For work that goes on until it is cancelled: that ends it, and is no failure. @throws every other error */
export function unlessCancelled(error: unknown): void {
  if (!isCancellation(error)) throw error;
}

/** What type of action SOAR's apps say it is; `null` if they do not say, or SOAR does not let us look. */
export async function declaredType(action: string, note: NoteProblem): Promise<string | null> {
  const isAnswer = hasFields<{ type: string | null }>('type');
  const { type } = await persist('read', 'what type of action is it?', note, isAnswer, (activities) =>
    activities.findActionType({ request: { action } }),
  );
  return type;
}

/** Waits for as long as SOAR asked to be left alone; not at all where it did not. */
export async function leaveAlone(retryAfterMs = 0): Promise<void> {
  if (retryAfterMs > 0) await sleep(retryAfterMs, { summary: 'SOAR asked to be left alone' });
}

const FATES: readonly PostFate[] = ['refused', 'passing', 'notTaken'];

/** What a failed POST says of itself; a killed worker and a hand say nothing, which leaves the same doubt as a lost answer. */
export function postDetailsOf(error: unknown): {
  readonly fate: PostFate;
  readonly retryAfterMs: number;
  readonly wasAnswered: boolean;
  readonly checked?: unknown;
  readonly problems?: readonly unknown[];
} {
  const cause = causeOf(error);
  const details: unknown = cause instanceof ApplicationFailure ? cause.details?.[0] : undefined;
  const { fate, retryAfterMs, status, checked, problems } = isObject(details) ? details : {};
  return {
    fate: FATES.find((known) => known === fate) ?? 'uncertain',
    retryAfterMs: typeof retryAfterMs === 'number' ? retryAfterMs : 0,
    wasAnswered: typeof status === 'number',
    ...(checked === undefined ? {} : { checked }),
    ...(Array.isArray(problems) ? { problems } : {}),
  };
}
