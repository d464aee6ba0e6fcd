import type { AppRun } from '../../contracts/soar.js';
import { jsonBytes } from '../../model/json.js';
import { cutToBytes } from '../../model/text.js';
import type { CallOptions } from '../../soar/caller.js';
import type { SoarClient } from '../../soar/client.js';
import { getOurRun, requireSameSoar, saysGone } from '../../soar/our-run.js';
import type { KnownRun } from '../../soar/our-run.js';
import { readAllPages } from '../../soar/paging.js';
import { incomplete } from '../failures.js';
import { withHeartbeat } from '../heartbeat.js';
import { unlessLater } from './patience.js';
import { readEach } from './read-results.js';
import type { FetchedResults } from './read-results.js';

/** Limits on what comes back are in model/options.ts and below; the rows of a batch are made in rows/. */

/** The app_runs of a run that has ended. */
export interface FetchedAppRuns {
  readonly appRuns: readonly AppRun[];
  /** app_runs beyond what a payload holds. */
  readonly omitted: number;
  /** Why some are missing; `null` if none is. */
  readonly unread: string | null;
  /** Of each app_run, in their order; `null` if they are many, and `fetchManyResults` has to fetch them. */
  readonly results: readonly FetchedResults[] | null;
}

/** Which run, and how many bytes of its results may come back. */
export interface FetchAppRunsInput extends KnownRun {
  readonly budgetBytes: number;
}

const PAGE_SIZE = 100;
const MAX_APP_RUNS = 500;
/** Up to so many app_runs come with their results. */
const FEW_APP_RUNS = 10;
/** Messages share this: an app_run's message repeats that of every parameter set. */
const MESSAGES_BYTES = 384 * 1024;
const MAX_MESSAGE_BYTES = 8_192;
const MAX_ROW_BYTES = 1_024;
const MAX_TEXT = 200;

/** Fetches all pages of a run's app_runs, each small enough for a workflow's history, and the results of up to ten. */
export function fetchAppRuns(soar: SoarClient, input: FetchAppRunsInput): Promise<FetchedAppRuns> {
  return withHeartbeat(async ({ signal }) => {
    const fetched = await readRun(soar, input, { signal });
    const stranger = await whyNotOurs(soar, input, { signal });
    return stranger === null ? fetched : { appRuns: [], omitted: 0, unread: stranger, results: [] };
  });
}

/** {@link fetchAppRuns} inside another activity, which has just seen that the run is ours. */
export async function readRun(soar: SoarClient, input: FetchAppRunsInput, call: CallOptions): Promise<FetchedAppRuns> {
  const listed = await listShortened(soar, input, call);
  const ids = listed.appRuns.map(({ id }) => id);
  const results = ids.length <= FEW_APP_RUNS ? await readEach(soar, ids, input, call) : null;
  return { ...listed, results };
}

/** Looked at last: what was read counts only if the run is still ours. `null` if it is. */
export async function whyNotOurs(soar: SoarClient, run: KnownRun, call: CallOptions): Promise<string | null> {
  try {
    await getOurRun(soar, run, call);
    return null;
  } catch (error) {
    if (!saysGone(error)) throw error;
    return unlessLater(error);
  }
}

async function listShortened(
  soar: SoarClient,
  { actionRunId, origin }: KnownRun,
  call: CallOptions,
): Promise<Omit<FetchedAppRuns, 'results'>> {
  try {
    requireSameSoar(soar, origin);
    const { rows, complete } = await readAppRuns(soar, actionRunId, call);
    const unread = complete ? null : unlessLater(incomplete(`app_runs of action_run ${actionRunId}`));
    const kept = rows.slice(0, MAX_APP_RUNS);
    const messageBytes = Math.min(MAX_MESSAGE_BYTES, Math.floor(MESSAGES_BYTES / Math.max(kept.length, 1)));
    const appRuns = kept.map((row) => shorten(row, messageBytes));
    return { appRuns, omitted: rows.length - kept.length, unread };
  } catch (error) {
    return { appRuns: [], omitted: 0, unread: unlessLater(error) };
  }
}

export function readAppRuns(
  soar: SoarClient,
  actionRunId: number,
  call: CallOptions,
): Promise<{ rows: readonly AppRun[]; complete: boolean }> {
  const page = (query: { page: number; pageSize: number }) => soar.listActionRunAppRuns(actionRunId, query, call);
  return readAllPages(page, { pageSize: PAGE_SIZE, key: ({ id }) => String(id) });
}

/** Rows carry no results unless asked; a SOAR that sends them all the same must not fill the history. */
function shorten({ result_data, extra_data, ...row }: AppRun, messageBytes: number): AppRun {
  const message = row.message.length <= messageBytes / 4 ? row.message : cutToBytes(row.message, messageBytes);
  if (jsonBytes({ ...row, message: '' }) <= MAX_ROW_BYTES) return { ...row, message };
  const { id, action_run, app, asset } = row;
  const [status, action, app_name] = [row.status, row.action, row.app_name].map((text) => text?.slice(0, MAX_TEXT));
  return { id, status: status ?? '', message, action, action_run, app, app_name, asset };
}
