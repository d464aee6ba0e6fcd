import { parameterSetsOf } from './engine/plan.js';
import type { JsonObject } from './records.js';
import type { Tables } from './store/store.js';

/** The server's own counts, for tests that must know what really happened behind the client's back. */
export interface SimCounts {
  /** Action runs that were submitted, over restarts as far as the journal goes. */
  readonly actionRuns: number;
  /**
   * How often work was begun, by action and then by parameter set. A set of one parameter goes by its value, for example
   * `executions['geolocate ip']['8.8.8.8']`; any other by its JSON.
   */
  readonly executions: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Requests since the start by method and route, for example `requests['GET /rest/action_run/:id']`. */
  readonly requests: Readonly<Record<string, number>>;
}

/** Counts what the tables tell. */
export function countWork({ action_run, job }: Tables): Pick<SimCounts, 'actionRuns' | 'executions'> {
  const counted = new Map<string, Map<string, number>>();
  for (const { actionRun, targetIndex, startedAtMs } of job.all()) {
    const run = action_run.get(actionRun);
    if (!run || startedAtMs === null) continue;
    const byValue = counted.get(run.action) ?? new Map<string, number>();
    counted.set(run.action, byValue);
    for (const set of parameterSetsOf(run.targets[targetIndex])) {
      byValue.set(valueOf(set), (byValue.get(valueOf(set)) ?? 0) + 1);
    }
  }
  const executions = Object.fromEntries([...counted].map(([action, byValue]) => [action, Object.fromEntries(byValue)]));
  return { actionRuns: action_run.size, executions };
}

function valueOf(set: JsonObject): string {
  const values = Object.values(set);
  return values.length === 1 ? String(values[0]) : JSON.stringify(set);
}
