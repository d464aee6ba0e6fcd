import { fetchRunSummaries } from '../../../src/activities/results/run-summaries.js';
import type { SummariesInput } from '../../../src/activities/results/run-summaries.js';
import type { RunSummary } from '../../../src/model/batch/pack-outcome.js';
import { Cleanup, clientFor, serveHttp } from '../soar/support/servers.js';
import { answer } from './support/pages.js';
import { attempt } from './support/run-activity.js';

const cleanup = new Cleanup();
afterEach(() => cleanup.run());

interface Row {
  readonly id: number;
  readonly action_run: number;
  readonly status: string;
  readonly message: string;
}

const rowOf = (run: number, status = 'success'): Row => ({ id: run * 10, action_run: run, status, message: '' });
const TAG = 'soar-runner:01a2b3c4-0000-4000-8000-000000000001';
const nameOf = (run: number): string => `x [${TAG}/${run}]`;
const ofRun = (run: number): { ip: string } => ({ ip: `192.0.2.${run}` });
const resultOf = ({ action_run, status }: Row) => ({
  status,
  message: `of ${action_run}`,
  parameter: ofRun(action_run),
});

/** What SOAR says of runs, and of the results of one app_run. */
function answerOf(rows: readonly Row[], pathname: string): object | undefined {
  const runs = rows.map(({ action_run: id }) => ({ id, status: 'success', message: '', name: nameOf(id) }));
  if (pathname === '/rest/action_run') return { count: 1, num_pages: 1, data: runs };
  const [, one] = /^\/rest\/action_run\/(\d+)$/.exec(pathname) ?? [];
  if (one !== undefined) return runs.find(({ id }) => id === Number(one));
  const [, ofOne] = /^\/rest\/app_run\/(\d+)\/action_result$/.exec(pathname) ?? [];
  const data = rows.filter(({ id }) => id === Number(ofOne)).map(resultOf);
  return ofOne === undefined ? undefined : { count: data.length, num_pages: 1, data };
}

/** A SOAR with these app_runs. `filters: false` is one that does not know the filter and gives all of them. */
async function serve(rows: readonly Row[], { filters = true } = {}): Promise<{ url: string; paths: string[] }> {
  const paths: string[] = [];
  const server = await serveHttp(cleanup, (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://soar');
    paths.push(pathname);
    const ofOthers = answerOf(rows, pathname);
    if (ofOthers) {
      answer(response, ofOthers);
      return;
    }
    const wanted = JSON.parse(searchParams.get('_filter_action_run__in') ?? '[]') as number[];
    const [, own] = /^\/rest\/action_run\/(\d+)\/app_runs$/.exec(pathname) ?? [];
    const isWanted = ({ action_run }: Row): boolean =>
      own === undefined ? !filters || wanted.includes(action_run) : action_run === Number(own);
    const isFull = searchParams.has('include_expensive');
    const shown = rows.map((row) => ({ ...row, ...(isFull ? { result_data: [resultOf(row)] } : {}) }));
    const data = pathname === '/rest/approval' ? [] : shown.filter(isWanted);
    answer(response, { count: data.length, num_pages: data.length > 0 ? 1 : 0, data });
  });
  return { url: server.url, paths };
}

const ended = (actionRunId: number, statusClass: SummariesInput['runs'][number]['statusClass'] = 'succeeded') => ({
  actionRunId,
  statusClass,
  message: `run ${actionRunId}`,
  mark: `[${TAG}/${actionRunId}]`,
  parameters: [ofRun(actionRunId)],
});

async function accountsOf(url: string, input: Partial<SummariesInput>): Promise<RunSummary[]> {
  const soar = clientFor(cleanup, url);
  const activity = (given: SummariesInput) => fetchRunSummaries(soar, given);
  const { result } = await attempt(activity, { runs: [], stopped: null, origin: null, ...input });
  if (!result) throw new Error('no accounts');
  return result;
}

describe('the accounts of a group', () => {
  it('take one request for all runs, and one for their names', async () => {
    const { url, paths } = await serve([rowOf(1), rowOf(2, 'failed'), rowOf(3)]);
    const accounts = await accountsOf(url, { runs: [ended(1), ended(2, 'failed'), ended(3)] });
    expect(paths).toEqual(['/rest/app_run', '/rest/action_run']);
    const all = [[0, 1]];
    expect(accounts.map(({ outcome, appRunIds, account }) => [outcome, appRunIds, account])).toEqual([
      ['success', [10], { succeeded: all, failed: [], unread: [] }],
      ['failed', [20], { succeeded: [], failed: all, unread: [] }],
      ['success', [30], { succeeded: all, failed: [], unread: [] }],
    ]);
  });

  it('are asked for one by one where SOAR does not filter: another run’s results are never taken', async () => {
    const { url, paths } = await serve([rowOf(1), rowOf(2), rowOf(99)], { filters: false });
    const accounts = await accountsOf(url, { runs: [ended(1), ended(2)] });
    expect(accounts.map(({ appRunIds }) => appRunIds)).toEqual([[10], [20]]);
    expect(paths).toContain('/rest/action_run/1/app_runs');
  });

  it('tell a run that ran nothing from one that SOAR does not know', async () => {
    const { url } = await serve([]);
    const accounts = await accountsOf(url, { runs: [ended(1, 'failed'), ended(2, 'missing')] });
    expect(accounts.map(({ outcome, ranNothing }) => [outcome, ranNothing])).toEqual([
      ['failed', true],
      ['failed', false],
    ]);
  });

  it('say why a run was stopped', async () => {
    const { url } = await serve([rowOf(1)]);
    const [account] = await accountsOf(url, { runs: [ended(1, 'cancelled')], stopped: 'timeout' });
    expect(account?.outcome).toBe('timedOut');
  });

  it('wait for results that SOAR still writes, and count what is there when they do not come', async () => {
    const { url } = await serve([rowOf(1)]);
    const soar = clientFor(cleanup, url);
    const tryOnce = (parameters: number, agoMs: number) =>
      attempt(
        (given: SummariesInput) => fetchRunSummaries(soar, given),
        { runs: [{ ...ended(1), parameters: [ofRun(1), ofRun(2)].slice(0, parameters) }], stopped: null, origin: null },
        { scheduledTimestampMs: 1_000, currentAttemptScheduledTimestampMs: 1_000 + agoMs },
      );
    expect((await tryOnce(2, 0)).failure?.type).toBe('IncompleteList');
    const account = { succeeded: [[0, 1]], failed: [], unread: [] };
    expect((await tryOnce(2, 40_000)).result?.[0]).toMatchObject({ outcome: 'success', account });
  });
});
