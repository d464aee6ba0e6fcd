import { toRanges } from './ranges.js';
import type { Ranges } from './ranges.js';
import type { RunSummary } from './pack-outcome.js';
import type { Outcome } from '../run-state.js';
import { durationText, escapeMarkdown } from '../text.js';

/** One action_run of a batch and what became of its items: where the rows are. */
export interface BatchRun {
  /** Workflow id of the child that saw it through. */
  readonly workflowId: string;
  /** Its items as pairs of first place and count, among the distinct items in the order of their first appearance. */
  readonly items: Ranges;
  /** `null` if SOAR never had the action. */
  readonly actionRunId: number | null;
  /** Their results: `GET /rest/app_run/<id>/action_result`. */
  readonly appRunIds: readonly number[];
  readonly outcome: Outcome;
  readonly message: string;
  /** True if nothing was run: the results are those of an earlier run (`reuseWithinSecs`). */
  readonly reused?: true;
}

/** The answer of query `progress`: item counts, over distinct items. */
export interface BatchProgress {
  /** Items as given so far, duplicates included. */
  readonly total: number;
  readonly distinct: number;
  readonly done: number;
  readonly succeeded: number;
  readonly failed: number;
  /** Of those that succeeded: taken from an earlier run. */
  readonly reused: number;
  readonly itemsWaiting: number;
  readonly runsInFlight: number;
  /** Children so far: number n is the workflow `<batch>/<n>`. */
  readonly childrenStarted: number;
  /** True once no more items can come. */
  readonly closed: boolean;
  readonly paused: boolean;
  readonly cancelRequested: boolean;
  /** ISO 8601. */
  readonly startTime: string;
  /** Since the start, as of the last change. */
  readonly itemsPerSecond: number;
  /** For the items received so far at that rate; `null` while nothing is done. */
  readonly secondsLeft: number | null;
  /** Signals that the workflow does not know, a sentence each; absent if none has come. */
  readonly unknownCalls?: readonly string[];
}

/** The answer of query `rowsReady`. */
export interface RowsReady {
  /** The first place, from the asked one on, whose row is not there yet. */
  readonly ready: number;
  readonly childrenStarted: number;
}

/** A batch that has begun, and of which nothing is known yet. */
export function emptyProgress(startTimeMs: number): BatchProgress {
  return {
    total: 0,
    distinct: 0,
    done: 0,
    succeeded: 0,
    failed: 0,
    reused: 0,
    itemsWaiting: 0,
    runsInFlight: 0,
    childrenStarted: 0,
    closed: false,
    paused: false,
    cancelRequested: false,
    startTime: new Date(startTimeMs).toISOString(),
    itemsPerSecond: 0,
    secondsLeft: null,
  };
}

/** The record of an action_run that is over. */
export function runRecord(
  workflowId: string,
  places: readonly number[],
  summary: Pick<RunSummary, 'outcome' | 'message' | 'actionRunId' | 'appRunIds'>,
): BatchRun {
  const { outcome, message, actionRunId, appRunIds } = summary;
  return { workflowId, items: toRanges(places), actionRunId, appRunIds, outcome, message };
}

/** Rate and time left, from what is done since the start. */
export function pace(
  done: number,
  remaining: number,
  elapsedMs: number,
): Pick<BatchProgress, 'itemsPerSecond' | 'secondsLeft'> {
  const itemsPerSecond = elapsedMs > 0 ? Math.round((done * 10_000) / elapsedMs) / 10 : 0;
  return { itemsPerSecond, secondsLeft: itemsPerSecond > 0 ? Math.ceil(remaining / itemsPerSecond) : null };
}

/** The batch's current details in the Temporal UI, in Markdown. `state`: how it stands, at the end its outcome. */
export function describeBatch(action: string, progress: BatchProgress, state: string): string {
  const { total, distinct, done, succeeded, failed, reused, runsInFlight, itemsWaiting } = progress;
  const lines = [
    `**${escapeMarkdown(action)}** · ${state}`,
    `${total} items, ${distinct} of them different${progress.closed ? '' : '; more may come'}`,
    `${done} done: ${succeeded} succeeded${reused > 0 ? ` (${reused} reused)` : ''}, ${failed} failed`,
    `${runsInFlight} action_runs in flight, ${itemsWaiting} items waiting`,
    ...describePace(progress),
    ...(progress.paused ? ['Paused: signal `resume` goes on.'] : []),
    ...(progress.cancelRequested ? ['Cancel requested.'] : []),
  ];
  return lines.join('\n\n');
}

/** The current details of a batch that was refused. */
export function describeRefusal(action: string, reason: string): string {
  return `**${escapeMarkdown(action)}** · failed\n\nNothing was sent.\n\n> ${escapeMarkdown(reason)}`;
}

/** The batch's progress on one line. */
export function progressLine({ done, distinct, failed }: BatchProgress): string {
  return `${done} of ${distinct} done, ${failed} failed`;
}

function describePace({ itemsPerSecond, secondsLeft, done, distinct }: BatchProgress): string[] {
  if (done === 0) return [];
  const left = done < distinct && secondsLeft !== null ? `, ${durationText(secondsLeft)} left` : '';
  return [`${itemsPerSecond} items/s${left}`];
}
