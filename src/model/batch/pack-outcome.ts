import { meaningOf } from '../error-codes.js';
import { fromRanges } from './ranges.js';
import type { Ranges } from './ranges.js';
import type { Outcome } from '../run-state.js';
import { cut } from '../text.js';

/** Items of a run by their places in it. What is in none of the lists has no result. */
export interface ItemsAccount {
  readonly succeeded: Ranges;
  readonly failed: Ranges;
  /** SOAR has a result that says nothing of them: nobody can read it, or tell whose it is. */
  readonly unread: Ranges;
}

/** The account of a run that has no results. */
export const NO_RESULTS: ItemsAccount = { succeeded: [], failed: [], unread: [] };

/** What a batch needs to know of an action_run that is over. */
export interface RunSummary {
  readonly outcome: Outcome;
  readonly message: string;
  /** `null` if SOAR never had the action. */
  readonly actionRunId: number | null;
  /** Where its results are: `GET /rest/app_run/<id>/action_result`. */
  readonly appRunIds: readonly number[];
  readonly account: ItemsAccount;
  /** True if SOAR ended the run without an app_run. */
  readonly ranNothing: boolean;
  /** The code SOAR refused the POST with, if it did. */
  readonly refusal?: string;
  /** Why its app_runs cannot be read; absent if they can. */
  readonly unread?: string;
  /** True if SOAR has another run under its number now. */
  readonly isReplaced?: true;
}

/** The part of a `runAction` result that a batch needs. */
export interface RunResult {
  readonly outcome: Outcome;
  readonly message: string;
  readonly actionRunId: number | null;
  readonly actionRun: { readonly name?: string | null | undefined } | null;
  readonly appRuns: readonly { readonly id: number }[];
  readonly incomplete?: readonly string[] | undefined;
}

const MAX_MESSAGE_CHARACTERS = 300;

/** What a batch keeps of a run that came to its end. */
export function summaryOfRun(result: RunResult, account: ItemsAccount): RunSummary {
  const { outcome, message, actionRunId, actionRun, appRuns, incomplete = [] } = result;
  const [unread] = appRuns.length === 0 ? incomplete : [];
  return {
    outcome,
    message: cut(message, MAX_MESSAGE_CHARACTERS),
    actionRunId,
    appRunIds: appRuns.map(({ id }) => id),
    account,
    ranNothing: actionRun !== null && appRuns.length === 0 && unread === undefined,
    ...(unread === undefined ? {} : { unread: cut(unread, MAX_MESSAGE_CHARACTERS) }),
  };
}

/** The account of a run that SOAR refused, or whose workflow broke; without a refusal it may have run its items. */
export function summaryOfFailure(reason: string, refusal?: string): RunSummary {
  const message = cut(reason, MAX_MESSAGE_CHARACTERS);
  const nothing = { actionRunId: null, appRunIds: [], account: NO_RESULTS, ranNothing: false };
  return { outcome: 'failed', message, ...nothing, ...(refusal === undefined ? {} : { refusal }) };
}

/** The account of items that an earlier run has results for. */
export function summaryOfReused(where: Pick<RunSummary, 'actionRunId' | 'appRunIds'>, items: number): RunSummary {
  const message = `Reused from action_run ${String(where.actionRunId)}.`;
  const account = { ...NO_RESULTS, succeeded: [[0, items]] } as const;
  return { outcome: 'success', message, ...where, account, ranNothing: false };
}

/** What became of the items of one run. */
export interface PackOutcome {
  /** By their places in the pack; the others have no result. */
  readonly succeeded: ReadonlySet<number>;
  readonly failed: ReadonlySet<number>;
  readonly unread: ReadonlySet<number>;
  /** False if another try of those that failed is not wanted: cancelled, timed out, denied. */
  readonly mayRetry: boolean;
  /** True if the items without a result can be run: they have not been yet, or that changes nothing. */
  readonly mayRunRest: boolean;
  /** True if SOAR has lost the run: whether its items have been run, nobody knows. */
  readonly isReplaced: boolean;
}

/** True if a run failed and nobody knows which of its items it ran: some have no result. */
export function mayHaveRun({ outcome, actionRunId, ranNothing, account }: RunSummary, items: number): boolean {
  const { succeeded, failed, unread } = account;
  const answered = [...succeeded, ...failed, ...unread].reduce((sum, [, count]) => sum + count, 0);
  return outcome === 'failed' && actionRunId !== null && !ranNothing && answered < items;
}

/**
 * What a run says of its `items`. Those without a result are run again only if they certainly have not been run, or if
 * running twice changes nothing (`isRepeatable`); those of a run that SOAR refused, if the refusal may be about an item.
 */
export function outcomeOf(summary: RunSummary, items: number, isRepeatable: boolean): PackOutcome {
  const { outcome, refusal, ranNothing } = summary;
  const placesOf = (list: keyof ItemsAccount): Set<number> => new Set(fromRanges(summary.account[list], items));
  const isReplaced = summary.isReplaced === true;
  const places = {
    succeeded: placesOf('succeeded'),
    failed: placesOf('failed'),
    unread: placesOf('unread'),
    isReplaced,
  };
  // A run that succeeded and has fewer results than items has not run the others, as far as anybody can see.
  if (outcome === 'success') return { ...places, mayRetry: true, mayRunRest: false };
  const hasFailed = outcome === 'failed';
  const isAboutItems = refusal !== undefined && meaningOf(refusal).aboutItems === true;
  const mayRunRest = isAboutItems || ranNothing || (isRepeatable && mayHaveRun(summary, items));
  return { ...places, mayRetry: hasFailed, mayRunRest: hasFailed && mayRunRest };
}

/** Why a run ended as it did: what the first app_run that failed says, because SOAR only counts those in the run's own message. */
export function reasonOf({ outcome, message, appRuns }: ReasonedRun): string {
  const failed = outcome === 'failed' ? appRuns.filter(({ status }) => status === 'failed') : [];
  const [first] = failed.filter((appRun) => appRun.message);
  if (!first?.message) return message;
  return failed.length === 1
    ? first.message
    : `${first.message} (and ${failed.length - 1} more of its app_runs failed)`;
}

interface ReasonedRun extends Pick<RunResult, 'outcome' | 'message'> {
  readonly appRuns: readonly { readonly status: string; readonly message?: string | null | undefined }[];
}
