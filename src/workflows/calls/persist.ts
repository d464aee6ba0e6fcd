import { ApplicationFailure, isCancellation, sleep, workflowInfo } from '@temporalio/workflow';
import type { SeenProblem } from '../../activities/index.js';
import { isUrgentPriority } from '../../model/options.js';
import { canNeverBeSent, causeOf, postDetailsOf, problemOf, triesOf } from './failure-of-activity.js';
import { inThisTask, soar } from './kinds.js';
import type { Proxy, Waiting } from './kinds.js';

/** Is told what is wrong, and with `null` that it is over. */
export type NoteProblem = (problem: Omit<SeenProblem, 'retryAfterMs'> | null) => void;

/** A call of an activity. */
export interface Ask<T> {
  /** Default: `read`. */
  readonly kind?: 'read' | 'cancel' | Waiting;
  /** Temporal's UI shows it. */
  readonly summary: string;
  /** Default: nobody is told. */
  readonly note?: NoteProblem;
  /** Anybody can complete an activity by hand: its result is looked at before it is used. */
  readonly isResult: (value: unknown) => value is T;
  readonly call: (activities: Proxy) => Promise<T>;
}

const READ_UNTOLD = { kind: 'read', note: (): void => undefined } as const;

/** Tries of an activity before the workflow is told: it shows what is wrong at once, and its history hardly grows for days. */
const ROUNDS = [2, 7, 30, 60] as const;

/** How often to try in round `n`, from 0. */
export function attemptsOfRound(n: number): number {
  return ROUNDS[Math.min(n, ROUNDS.length - 1)] ?? 60;
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
export async function persist<T>(ask: Ask<T>): Promise<T> {
  const { kind, summary, note, isResult, call } = { ...READ_UNTOLD, ...ask };
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

function completedByHand(): ApplicationFailure {
  return ApplicationFailure.create({
    message: 'The activity was completed by hand, without a result.',
    type: 'NoResult',
  });
}

/**
 * One try inside the workflow task at hand: it costs no task and few events. Whatever fails it is left to the activity proper.
 *
 * @returns undefined if there is no answer
 */
export async function quickly<T>({ summary, isResult, call }: Ask<T>): Promise<T | undefined> {
  if (!isUrgentPriority(workflowInfo().priority?.priorityKey)) return undefined;
  try {
    const value: unknown = await call(inThisTask(summary));
    return isResult(value) ? value : undefined;
  } catch (error) {
    if (isCancellation(error)) throw error;
    await leaveAlone(postDetailsOf(error).retryAfterMs);
    return undefined;
  }
}

/** {@link persist}, after one try of it {@link quickly}: for what may be there at once. */
export async function quicklyOrPersist<T>(ask: Ask<T>): Promise<T> {
  return (await quickly(ask)) ?? persist(ask);
}

/** Waits for as long as SOAR asked to be left alone; not at all if it did not. */
export async function leaveAlone(retryAfterMs = 0): Promise<void> {
  if (retryAfterMs > 0) await sleep(retryAfterMs, { summary: 'SOAR asked to be left alone' });
}
