import type { RunStatusLoader } from '../../soar/run-status-loader.js';
import type { SoarClient } from '../../soar/client.js';
import { fetchAppRuns } from '../results.js';
import type { FetchAppRunsInput, FetchedAppRuns } from '../results.js';
import { awaitActionRuns } from './await-action-runs.js';
import type { Sight } from './await-action-runs.js';

/** What the first look at a run has seen. */
export interface FirstLook {
  readonly sight: Sight;
  /** Its app_runs, where it has ended. */
  readonly fetched: FetchedAppRuns | null;
}

/**
 * Looks at a run for half a second, and fetches what it has brought where it ends by then. It is one activity, because each one
 * costs the worker more than its requests do.
 */
export async function firstLook(
  soar: SoarClient,
  loader: RunStatusLoader,
  input: FetchAppRunsInput,
): Promise<FirstLook> {
  const { actionRunId, origin } = input;
  const known = { approvals: [], problemAttempts: 0 };
  const wait = { actionRunIds: [actionRunId], origin, known, as: 'alone', watch: null } as const;
  const sight = await awaitActionRuns(soar, loader, undefined, wait);
  const [ended] = sight.ended;
  const hasBrought = ended !== undefined && ended.statusClass !== 'missing';
  return { sight, fetched: hasBrought ? await fetchAppRuns(soar, input) : null };
}
