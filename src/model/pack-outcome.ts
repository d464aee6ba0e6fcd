import { meaningOf } from './http-status-errors.js';
import { MAX_ITEMS_PER_RUN } from './options.js';
import type { Outcome } from './run-state.js';

/** What became of the items of one run. */
export interface PackOutcome {
  /** How many of its first items have a result of their own; none where the run failed as a whole. */
  readonly answered: number;
  /** Places, within the pack, of the items that failed. */
  readonly failures: ReadonlySet<number>;
  /** False where another try of those is not wanted: cancelled, timed out, denied. */
  readonly mayRetry: boolean;
  /** True where the items without a result can be run: they have not been yet, or that changes nothing. */
  readonly mayRunRest: boolean;
}

/** What a batch needs to know of an action_run that is over. */
export interface RunSummary {
  readonly outcome: Outcome;
  readonly message: string;
  /** `null` where SOAR never had the action. */
  readonly actionRunId: number | null;
  /** Where its results are: `GET /rest/app_run/<id>/action_result`. */
  readonly appRunIds: readonly number[];
  /** How many results SOAR has, and which parameter sets, by their index, failed on any asset. */
  readonly results: number;
  readonly failures: readonly number[];
  /** True where SOAR ended the run without an app_run. */
  readonly ranNothing: boolean;
  /** The code SOAR refused the POST with, where it did. */
  readonly refusal?: string;
}

/** The part of a `runAction` result that a batch needs. */
export interface RunResult {
  readonly outcome: Outcome;
  readonly message: string;
  readonly actionRunId: number | null;
  readonly actionRun: object | null;
  readonly appRuns: readonly {
    readonly id: number;
    readonly resultsOmitted?: OmittedAccount | undefined;
  }[];
}

interface OmittedAccount {
  readonly count: number;
  /** Absent where the failures are all. */
  readonly succeeded?: number | undefined;
  readonly failures: readonly { readonly index: number }[];
}

const MAX_MESSAGE_CHARACTERS = 300;

/** The places of what failed. Where not all are listed, nobody knows which succeeded, and none counts as that. */
function failedPlaces({ count, succeeded, failures }: OmittedAccount): number[] {
  const areAll = succeeded === undefined || failures.length >= count - succeeded;
  // A result says how many there are; an action_run of a batch has no more items than this.
  const items = Math.min(count, MAX_ITEMS_PER_RUN);
  return areAll ? failures.map(({ index }) => index) : Array.from({ length: items }, (_, index) => index);
}

/** The account of a run that came to its end. An item succeeded where no app_run says that it failed. */
export function summaryOfRun(result: RunResult): RunSummary {
  const { outcome, actionRunId, actionRun, appRuns } = result;
  const accounts = appRuns.flatMap(({ resultsOmitted }) => resultsOmitted ?? []);
  const failures = new Set(accounts.flatMap(failedPlaces));
  return {
    outcome,
    message: result.message.slice(0, MAX_MESSAGE_CHARACTERS),
    actionRunId,
    appRunIds: appRuns.map(({ id }) => id),
    results: Math.max(0, ...accounts.map(({ count }) => count)),
    failures: [...failures].sort((a, b) => a - b),
    ranNothing: actionRun !== null && appRuns.length === 0,
  };
}

/** The account of a run that SOAR refused, or whose workflow broke; without a refusal it may have run its items. */
export function summaryOfFailure(reason: string, refusal?: string): RunSummary {
  const message = reason.slice(0, MAX_MESSAGE_CHARACTERS);
  const nothing = { actionRunId: null, appRunIds: [], results: 0, failures: [], ranNothing: false };
  return { outcome: 'failed', message, ...nothing, ...(refusal === undefined ? {} : { refusal }) };
}

/** The account of items that an earlier run has results for. */
export function summaryOfReused(where: Pick<RunSummary, 'actionRunId' | 'appRunIds'>, items: number): RunSummary {
  const message = `Reused from action_run ${String(where.actionRunId)}.`;
  return { outcome: 'success', message, ...where, results: items, failures: [], ranNothing: false };
}

/** True where a run failed and nobody knows which of its items it ran: some have no result. */
export function mayHaveRun({ outcome, actionRunId, ranNothing, results }: RunSummary, items: number): boolean {
  return outcome === 'failed' && actionRunId !== null && !ranNothing && results < items;
}

/**
 * What a run says of its `items`. Those without a result are run again only where they certainly have not been run, or where
 * running twice changes nothing (`isRepeatable`); those of a run that SOAR refused, where the refusal may be about an item.
 */
export function outcomeOf(account: RunSummary, items: number, isRepeatable: boolean): PackOutcome {
  const { outcome, refusal, ranNothing, results } = account;
  const failures = new Set(account.failures);
  // A run that succeeded and has fewer results than items has not run the others, as far as anybody can see.
  if (outcome === 'success') return { answered: Math.min(results, items), failures, mayRetry: true, mayRunRest: false };
  const hasFailed = outcome === 'failed';
  const isAboutItems = refusal !== undefined && meaningOf(refusal).aboutItems === true;
  const mayRunRest = isAboutItems || ranNothing || (isRepeatable && mayHaveRun(account, items));
  return { answered: results, failures, mayRetry: hasFailed, mayRunRest: hasFailed && mayRunRest };
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

/** The error at the bottom: a child workflow's or an activity's own, not Temporal's wrapping of it. */
export function rootCause(error: unknown): Error {
  if (error instanceof Error && error.cause instanceof Error) return rootCause(error.cause);
  return error instanceof Error ? error : new Error(String(error));
}
