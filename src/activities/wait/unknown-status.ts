import type { ActionRun, AppRun } from '../../contracts/soar.js';
import { isObject } from '../../model/json.js';
import { isRunning, isSuccess } from '../../model/run-state.js';
import type { StatusClass } from '../../model/run-state.js';
import { UNKNOWN_STATUS } from '../../model/timeouts-and-intervals.js';
import type { CallOptions } from '../../soar/caller.js';
import type { SoarClient } from '../../soar/client.js';
import { SoarError } from '../../soar/soar-error.js';
import { readAppRuns } from '../results.js';

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
  const rows = await readAppRuns(soar, run.id, call).catch((error: unknown) => {
    if (error instanceof SoarError) return undefined;
    throw error;
  });
  if (!rows?.complete || !rows.rows.every(hasEnded)) return undefined;
  if (!isClosed && (rows.rows.length === 0 || rows.rows.length < promisedBy(run))) return undefined;
  if (run.cancelled) return 'cancelled';
  return rows.rows.length > 0 && rows.rows.every(({ status }) => isSuccess(status)) ? 'succeeded' : 'failed';
}

function hasEnded({ status, end_time }: AppRun): boolean {
  return isSuccess(status) || (!isRunning(status) && Boolean(end_time));
}

/** An app_run for each asset; without the targets nobody knows how many. */
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
