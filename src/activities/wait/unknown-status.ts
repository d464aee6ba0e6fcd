import type { ActionRun, AppRun } from '../../contracts/soar.js';
import { isObject } from '../../model/json.js';
import { isRunning, isSuccess } from '../../model/run-state.js';
import type { StatusClass } from '../../model/run-state.js';
import { UNKNOWN_STATUS } from '../../model/timeouts-and-intervals.js';
import type { CallOptions } from '../../soar/caller.js';
import type { SoarClient } from '../../soar/client.js';
import { SoarError } from '../../soar/soar-error.js';
import { readAppRuns } from '../results/app-runs.js';

/**
 * How a run with a status that nobody knows has ended, as SOAR tells it otherwise: it has a `close_time`, or all app_runs that its
 * targets promise have ended. Undefined while neither is so.
 */
export async function endByAppRuns(
  soar: SoarClient,
  run: ActionRun,
  unknownForMs: number,
  call: CallOptions,
): Promise<Extract<StatusClass, 'succeeded' | 'failed' | 'cancelled'> | undefined> {
  const isClosed = !Number.isNaN(Date.parse(textIn(run, 'close_time')));
  const { closedAfterMs, saidAfterMs } = UNKNOWN_STATUS;
  if (unknownForMs < (isClosed ? closedAfterMs : saidAfterMs)) return undefined;
  const rows = await listWhole(soar, run.id, call);
  if (!rows?.every(hasEnded) || (!isClosed && rows.length < promisedBy(run))) return undefined;
  if (run.cancelled) return 'cancelled';
  return rows.length > 0 && rows.every(({ status }) => isSuccess(status)) ? 'succeeded' : 'failed';
}

async function listWhole(soar: SoarClient, id: number, call: CallOptions): Promise<readonly AppRun[] | undefined> {
  try {
    const { rows, complete } = await readAppRuns(soar, id, call);
    return complete ? rows : undefined;
  } catch (error) {
    if (!(error instanceof SoarError)) throw error;
    return undefined;
  }
}

function hasEnded({ status, end_time }: AppRun): boolean {
  return isSuccess(status) || (!isRunning(status) && Boolean(end_time));
}

/** An app_run for each asset, at least one; without the targets nobody knows how many. */
function promisedBy({ targets }: ActionRun): number {
  const assetsOf = (target: unknown): unknown => (isObject(target) ? target['assets'] : undefined);
  const counts = (targets ?? [])
    .map(assetsOf)
    .map((assets) => (Array.isArray(assets) ? Math.max(assets.length, 1) : 1));
  return counts.length === 0 ? Infinity : counts.reduce((sum, count) => sum + count, 0);
}

function textIn(run: ActionRun, field: string): string {
  const value: unknown = run[field];
  return typeof value === 'string' ? value : '';
}
