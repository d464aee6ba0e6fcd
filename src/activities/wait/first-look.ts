import { Context } from '@temporalio/activity';
import { isGone } from '../../model/run-state.js';
import { QUICK_READ_MS } from '../../model/timeouts-and-intervals.js';
import type { RunStatusLoader } from '../../soar/run-status-loader.js';
import type { SoarClient } from '../../soar/client.js';
import { SoarError } from '../../soar/soar-error.js';
import { readRun } from '../results/app-runs.js';
import type { FetchAppRunsInput, FetchedAppRuns } from '../results/app-runs.js';
import { awaitActionRuns } from './await-action-runs.js';
import type { Sight } from './await-action-runs.js';

/** What the first look at a run has seen. */
export interface FirstLook {
  readonly sight: Sight;
  /** Its app_runs; `null` if it has not ended, or they could not be fetched at once. */
  readonly fetched: FetchedAppRuns | null;
  /** How long SOAR asked to be left alone, instead of handing them out. */
  readonly retryAfterMs: number;
}

/** What is left of a local activity's time when its answer must be on its way. */
const MARGIN_MS = 150;

/**
 * Looks at a run for half a second, and fetches what it has brought if it ends by then. It is one activity, because each one
 * costs the worker more than its requests do.
 */
export async function firstLook(
  soar: SoarClient,
  loader: RunStatusLoader,
  input: FetchAppRunsInput,
): Promise<FirstLook> {
  const startedAtMs = performance.now();
  const { actionRunId, mark, origin } = input;
  const known = { approvals: [], problemAttempts: 0 };
  const runs = { actionRunIds: [actionRunId], mark, indices: null, origin };
  const wait = { ...runs, known, as: 'alone', watch: null } as const;
  const sight = await awaitActionRuns(soar, loader, undefined, wait);
  const [ended] = sight.ended;
  if (ended === undefined || isGone(ended.statusClass)) return { sight, fetched: null, retryAfterMs: 0 };
  const leftMs = QUICK_READ_MS - MARGIN_MS - Math.ceil(performance.now() - startedAtMs);
  const signal = AbortSignal.any([Context.current().cancellationSignal, AbortSignal.timeout(Math.max(leftMs, 0))]);
  try {
    return { sight, fetched: await readRun(soar, input, { signal }), retryAfterMs: 0 };
  } catch (error) {
    // Whatever it was: the activity that has more time meets it again, and says so.
    return { sight, fetched: null, retryAfterMs: error instanceof SoarError ? (error.retryAfterMs ?? 0) : 0 };
  }
}
