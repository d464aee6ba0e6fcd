import { Readable } from 'node:stream';
import type { AppRun } from '../contracts/soar/app-run.js';
import { decideOutcome } from '../model/outcome.js';
import { accountOfRun } from '../model/run-account.js';
import type { RunAccount } from '../model/run-account.js';
import type { ApprovalNotice } from '../model/run-state.js';
import type { CallOptions } from '../soar/caller.js';
import type { SoarClient } from '../soar/client.js';
import { listApprovals } from './approvals.js';
import type { EndedRun } from './await-action-runs.js';
import { readActionResults } from './fetch-action-results.js';
import { listAppRunsOfGroup } from './list-app-runs.js';
import { withPulse } from './pulse.js';

/** The runs of a group that have ended. */
export interface AccountsInput {
  readonly runs: readonly (EndedRun & { readonly parameters: number })[];
  /** Why the workflow stopped them, where it did. */
  readonly stopped: 'cancel' | 'timeout' | null;
}

const AT_ONCE = 10;

/**
 * What became of each run and of its items, in the order given: one list of app_runs for all of them. The results stay in
 * SOAR; only those of runs with several parameter sets are looked through for the ones that failed.
 */
export function createFetchRunAccounts(soar: SoarClient): (input: AccountsInput) => Promise<RunAccount[]> {
  return ({ runs, stopped }) =>
    withPulse(async ({ signal }) => {
      const known = runs.filter(({ statusClass }) => statusClass !== 'missing').map(({ actionRunId }) => actionRunId);
      const appRuns = await listAppRunsOfGroup(soar, known, { signal });
      const account = (run: AccountsInput['runs'][number]): Promise<RunAccount> =>
        accountOf(soar, run, appRuns.get(run.actionRunId) ?? [], stopped, { signal });
      return Readable.from(runs).map(account, { concurrency: AT_ONCE }).toArray();
    });
}

async function accountOf(
  soar: SoarClient,
  run: AccountsInput['runs'][number],
  rows: readonly AppRun[],
  stopped: AccountsInput['stopped'],
  call: CallOptions,
): Promise<RunAccount> {
  const { actionRunId, message, statusClass } = run;
  const approvals = await approvalsOf(soar, run, rows, call);
  const outcome = decideOutcome({ statusClass, stopped: stopped ?? undefined, approvals });
  const appRuns = await Promise.all(rows.map((row) => withResults(soar, row, run.parameters, call)));
  return accountOfRun({ outcome, message, actionRunId, actionRun: statusClass === 'missing' ? null : run, appRuns });
}

/** A run that failed without an app_run may have been denied, or its approval may have expired. */
async function approvalsOf(
  soar: SoarClient,
  { statusClass, actionRunId }: EndedRun,
  rows: readonly AppRun[],
  call: CallOptions,
): Promise<ApprovalNotice[]> {
  return statusClass === 'failed' && rows.length === 0 ? listApprovals(soar, actionRunId, call) : [];
}

type WithResults = Parameters<typeof accountOfRun>[0]['appRuns'][number];

/** The one parameter set of a run fares as its app_run does. */
async function withResults(soar: SoarClient, row: AppRun, parameters: number, call: CallOptions): Promise<WithResults> {
  if (parameters === 1) {
    const failures = row.status === 'success' ? [] : [{ index: 0 }];
    return { id: row.id, resultsOmitted: { count: 1, failures } };
  }
  const { outcome } = await readActionResults(soar, { appRunId: row.id, budgetBytes: -1 }, call);
  return { id: row.id, ...('resultsOmitted' in outcome ? { resultsOmitted: outcome.resultsOmitted } : {}) };
}
