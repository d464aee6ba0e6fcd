import type { ActionResult } from '../../contracts/soar.js';
import type { CallOptions } from '../../soar/caller.js';
import type { SoarClient } from '../../soar/client.js';
import { requireSameSoar } from '../../soar/our-run.js';
import type { KnownRun } from '../../soar/our-run.js';
import { SoarError } from '../../soar/soar-error.js';
import { queriesById } from '../../soar/query.js';
import { incomplete } from '../failures.js';
import { withHeartbeat } from '../heartbeat.js';
import { readAppRuns, whyNotOurs } from './app-runs.js';
import { unlessLater } from './patience.js';
import { NONE_LISTED, readEach } from './read-results.js';
import type { FetchedResults } from './read-results.js';

/** Of which app_runs of a run, and how many bytes of all their results may come back. */
export interface FetchManyInput extends KnownRun {
  readonly appRunIds: readonly number[];
  readonly budgetBytes: number;
  /** Ask for each by itself: what a list of them shows was not enough. */
  readonly singly: boolean;
}

/**
 * Fetches the results of many app_runs with the list of them, in one call. What SOAR does not hand out like this is read one by
 * one, ten at a time.
 */
export function fetchManyResults(soar: SoarClient, input: FetchManyInput): Promise<FetchedResults[]> {
  return withHeartbeat(async ({ signal }) => {
    const { appRunIds, singly } = input;
    requireSameSoar(soar, input.origin);
    const listed = singly ? NONE_LISTED : await listResults(soar, input, { signal });
    const fetched = await readEach(soar, appRunIds, input, { signal }, listed);
    const own = await ofRun(soar, input, listed, { signal });
    const stranger = await whyNotOurs(soar, input, { signal });
    return fetched.map((results, at) => {
      const unread = stranger ?? (own.has(appRunIds[at] ?? 0) ? null : NOT_OF_RUN);
      return unread === null ? results : { inlineBytes: 0, count: 0, outcome: { results: [] }, unread };
    });
  });
}

const NOT_OF_RUN = 'SOAR does not show it among the app_runs of the action_run.';

/**
 * The run's app_runs, with their results if those came too: a SOAR that ignores the filter sends other app_runs. Refused or unreadable,
 * each is read by itself.
 */
async function listResults(
  soar: SoarClient,
  { actionRunId, appRunIds }: FetchManyInput,
  call: CallOptions,
): Promise<typeof NONE_LISTED> {
  const listed = new Map<number, readonly ActionResult[] | null>();
  try {
    for (const query of queriesById(appRunIds)) {
      const { data } = await soar.listAppRuns({ ...query, includeExpensive: true }, call);
      for (const { id, action_run, result_data = null } of data)
        if (action_run === actionRunId && appRunIds.includes(id)) listed.set(id, result_data);
    }
    return listed;
  } catch (error) {
    if (!(error instanceof SoarError)) throw error;
    return NONE_LISTED;
  }
}

/** Which app_runs are the run's: of those that no list has told, the run's own list does. */
async function ofRun(
  soar: SoarClient,
  { actionRunId, appRunIds }: FetchManyInput,
  listed: typeof NONE_LISTED,
  call: CallOptions,
): Promise<ReadonlySet<number>> {
  const own = new Set(listed.keys());
  if (appRunIds.every((id) => own.has(id))) return own;
  const { rows, complete } = await readAppRuns(soar, actionRunId, call);
  for (const { id, action_run } of rows) if ((action_run ?? actionRunId) === actionRunId) own.add(id);
  if (!complete && appRunIds.some((id) => !own.has(id)))
    unlessLater(incomplete(`app_runs of action_run ${actionRunId}`));
  return own;
}
