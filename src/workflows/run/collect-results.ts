import { CancellationScope, isCancellation, sleep } from '@temporalio/workflow';
import type { FetchedAppRuns, FetchedResults, KnownRun } from '../../activities/index.js';
import type { AppRunResult, RunActionRequest, RunActionResult } from '../../contracts/run-action.js';
import type { AppRun } from '../../contracts/soar.js';
import { withinBudget } from '../../model/json.js';
import { isGone, isRunning } from '../../model/run-state.js';
import { persist, quicklyOrPersist } from '../calls/persist.js';
import type { Ended } from './await-end.js';
import { hasFields, isListOf } from '../shapes.js';
import type { Stop } from '../cancellation.js';
import type { RunView } from './run-view.js';

/** So many app_runs' results by one call, if they did not come with the list: what they can be at most fits a payload. */
const APP_RUNS_A_CALL = 25;

/** The app_runs of a run that has ended. */
export type CollectedResults = Pick<RunActionResult, 'appRuns' | 'appRunsOmitted' | 'incomplete'>;

/** What is collected, and how much of it may come back inline. */
export interface CollectContext {
  readonly request: RunActionRequest;
  readonly run: KnownRun;
  readonly view: RunView;
  readonly stop: Stop;
  readonly ended: Ended;
  readonly budgetBytes: number;
}

/** Half a minute in all. */
const PAUSES_MS = [1_000, 2_000, 4_000, 8_000, 15_000] as const;

/**
 * Fetches the app_runs and their action results: inline while the byte budget lasts, by reference beyond it. A run that
 * succeeded and shows less than its targets promise is read again for half a minute; then the result says what is missing.
 */
export async function collectResults(context: CollectContext): Promise<CollectedResults> {
  const { stop, ended, request } = context;
  if (isGone(ended.statusClass)) return { appRuns: [], appRunsOmitted: 0 };
  const isStopped = stop.request() !== undefined;
  for (let n = 0; ; n += 1) {
    const reading = await nextReading(context, n, isStopped);
    if (!reading) return { appRuns: [], appRunsOmitted: 0, incomplete: ['Fetching the results was cancelled.'] };
    // A list that cannot be read has been given its time, and says nothing of what is in it.
    const isTold = ended.statusClass === 'succeeded' && !reading.isListUnread;
    const missing = isTold ? missingOf(request, reading) : [];
    const { appRuns, appRunsOmitted } = reading;
    const incomplete = [...reading.unread, ...missing];
    // By pauses, not by the clock: after a local activity a replay can see another time, and must decide alike.
    const pauseMs = PAUSES_MS[n];
    if (missing.length === 0 || pauseMs === undefined)
      return { appRuns, appRunsOmitted, ...(incomplete.length === 0 ? {} : { incomplete }) };
    await sleep(pauseMs, { summary: 'results are missing that SOAR may still be writing' });
  }
}

/** Reading `n`, from 0, of which the first may have come with the first look; undefined if a stop has ended it. */
function nextReading(context: CollectContext, n: number, isStopped: boolean): Reading | Promise<Reading | undefined> {
  const { fetched } = context.ended;
  if (n === 0 && fetched?.results) return readingOf(fetched, fetched.results);
  const read = (): Promise<Reading> => readOnce(context, n > 0);
  return isStopped ? read() : unlessStoppedFor(context.stop, read);
}

/** A cancel that comes while results are fetched finds a run that has ended: the fetching may take a little longer. */
const FETCHING_GRACE_MS = 5_000;

async function unlessStoppedFor<T>(stop: Stop, work: () => Promise<T>): Promise<T | undefined> {
  const fetching = new CancellationScope();
  const late = stop.requested().then(async () => {
    await sleep(FETCHING_GRACE_MS, { summary: 'what is fetched after a cancel' });
    fetching.cancel();
  });
  void late.catch(() => undefined);
  try {
    return await fetching.run(work);
  } catch (error) {
    if (fetching.consideredCancelled && isCancellation(error)) return undefined;
    throw error;
  }
}

interface Reading {
  readonly appRuns: readonly AppRunResult[];
  readonly appRunsOmitted: number;
  /** Action results by app_run, in their order. */
  readonly counts: readonly number[];
  readonly unread: readonly string[];
  readonly isListUnread: boolean;
}

const isFetched = hasFields<FetchedAppRuns>('appRuns', 'omitted', 'unread', 'results');
const areFetched = isListOf<FetchedResults>('inlineBytes', 'count', 'outcome', 'unread');

/** @param again a list that has shown less than it should is not asked twice */
async function readOnce(context: CollectContext, again: boolean): Promise<Reading> {
  const fetched = (again ? undefined : context.ended.fetched) ?? (await fetchAppRuns(context));
  return readingOf(fetched, fetched.results ?? (await fetchMany(context, fetched.appRuns, again)));
}

function readingOf({ appRuns, omitted, unread }: FetchedAppRuns, all: readonly FetchedResults[]): Reading {
  return {
    appRuns: appRuns.map((appRun, index) => ({ ...appRun, ...all[index]?.outcome })),
    appRunsOmitted: omitted,
    counts: all.map(({ count }) => count),
    isListUnread: unread !== null,
    unread: [
      ...(unread === null ? [] : [`app_runs are missing: ${unread}`]),
      ...all.flatMap((results, at) =>
        results.unread === null ? [] : [`Results of app_run ${String(appRuns[at]?.id)} are missing: ${results.unread}`],
      ),
    ].slice(0, 20),
  };
}

/** The first look may have tried to read them at once, in vain: that is not tried again. */
function fetchAppRuns({ run, ended, budgetBytes, view }: CollectContext): Promise<FetchedAppRuns> {
  const read = ended.fetched === null ? persist : quicklyOrPersist;
  return read({
    summary: `app_runs of action_run ${run.actionRunId}`,
    note: view.noteProblemOf('results'),
    isResult: isFetched,
    call: (soar) => soar.fetchAppRuns({ ...run, budgetBytes }),
  });
}

/** What is fetched takes from the budget in the order of the app_runs. */
function fetchMany(
  { run, view, budgetBytes }: CollectContext,
  appRuns: readonly AppRun[],
  singly: boolean,
): Promise<FetchedResults[]> {
  const note = view.noteProblemOf('results');
  return withinBudget(budgetBytes, appRuns, APP_RUNS_A_CALL, (group, _share, remainingBytes) => {
    const isWhole = (value: unknown): value is FetchedResults[] => areFetched(value) && value.length === group.length;
    const appRunIds = group.map(({ id }) => id);
    return persist({
      summary: `results of ${group.length} app_runs`,
      note,
      isResult: isWhole,
      call: (soar) => soar.fetchManyResults({ ...run, appRunIds, budgetBytes: remainingBytes, singly }),
    });
  });
}

/** What the targets promise and SOAR does not show: an app_run for each asset, a result for each parameter set. */
function missingOf({ targets }: RunActionRequest, { appRuns, appRunsOmitted, counts }: Reading): string[] {
  const expected = targets.reduce((sum, { assets }) => sum + Math.max(assets?.length ?? 0, 1), 0);
  const found = appRuns.length + appRunsOmitted;
  const running = appRuns.filter(({ status }) => isRunning(status)).length;
  const perAppRun = Math.min(...targets.map(({ parameters }) => Math.max(parameters?.length ?? 0, 1)));
  const fewResults = appRuns.filter((_appRun, at) => (counts[at] ?? 0) < perAppRun);
  return [
    ...(found < expected
      ? [`SOAR shows ${found} of ${expected} app_runs, although it says that the run succeeded.`]
      : []),
    ...(running > 0 ? [`${running} app_runs have not ended, although SOAR says that the run succeeded.`] : []),
    ...fewResults.map(({ id }) => `app_run ${id} has fewer results than the ${perAppRun} parameter sets it was given.`),
  ].slice(0, 20);
}
