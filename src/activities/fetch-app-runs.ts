import type { AppRun } from '../contracts/soar/app-run.js';
import { cut, jsonBytes } from '../model/text.js';
import { readAllPages } from '../soar/paging.js';
import type { SoarClient } from '../soar/client.js';
import { incomplete } from './incomplete.js';
import { withPulse } from './pulse.js';

/** The app_runs of a run that has ended. */
export interface FetchedAppRuns {
  readonly appRuns: readonly AppRun[];
  /** app_runs beyond what a payload holds. */
  readonly omitted: number;
}

const PAGE_SIZE = 100;
const MAX_APP_RUNS = 500;
/** Messages share this: an app_run's message repeats that of every parameter set. */
const MESSAGE_CHARACTERS = 512 * 1024;
const MAX_MESSAGE_CHARACTERS = 8_192;
const MAX_ROW_BYTES = 2_048;
const MAX_TEXT = 200;

/** Fetches all pages of a run's app_runs, each small enough for a workflow's history. Results come separately. */
export function createFetchAppRuns(soar: SoarClient): (input: { actionRunId: number }) => Promise<FetchedAppRuns> {
  return ({ actionRunId }) =>
    withPulse(async ({ signal }) => {
      const page = (query: { page: number; pageSize: number }) =>
        soar.listActionRunAppRuns(actionRunId, query, { signal });
      const { rows, complete } = await readAllPages(page, { pageSize: PAGE_SIZE, key: ({ id }) => String(id) });
      if (!complete) throw incomplete(`app_runs of action_run ${actionRunId}`);
      const kept = rows.slice(0, MAX_APP_RUNS);
      const messageCharacters = Math.min(
        MAX_MESSAGE_CHARACTERS,
        Math.floor(MESSAGE_CHARACTERS / Math.max(kept.length, 1)),
      );
      return { appRuns: kept.map((row) => shorten(row, messageCharacters)), omitted: rows.length - kept.length };
    });
}

/** Rows carry no results unless asked; a SOAR that sends them all the same must not fill the history. */
function shorten({ result_data, extra_data, ...row }: AppRun, messageCharacters: number): AppRun {
  const message = cut(row.message, messageCharacters);
  if (jsonBytes({ ...row, message: '' }) <= MAX_ROW_BYTES) return { ...row, message };
  const { id, action_run, app, asset } = row;
  const [status, action, app_name] = [row.status, row.action, row.app_name].map((text) => text?.slice(0, MAX_TEXT));
  return { id, status: status ?? '', message, action, action_run, app, app_name, asset };
}
