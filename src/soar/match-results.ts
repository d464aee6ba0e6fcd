import { canonicalJson } from '../model/json.js';
import type { ActionResultRead } from './paging.js';
import type { AppRunResults } from './results-reader.js';

/**
 * For each item of a run its results, on every asset. A result belongs to the item whose parameters it repeats, or to the item
 * at its index if SOAR changed the parameters.
 *
 * @param items the parameter sets of the run
 * @param appRuns the results of each of its app_runs
 */
export function resultsOfItems(
  items: readonly Readonly<Record<string, unknown>>[],
  appRuns: readonly AppRunResults[],
): ActionResultRead[][] {
  const byParameters = groupByParameters(appRuns.flatMap(({ results }) => results));
  const keys = items.map((item) => canonicalJson(item));
  const ofItems = new Set(keys);
  return keys.map((key, index) => {
    const inPlace = appRuns.flatMap(({ results }) => (results.length === items.length ? (results[index] ?? []) : []));
    const named = byParameters.get(key) ?? inPlace.filter((read) => !ofItems.has(parametersKey(read)));
    return [...named, ...inPlace.filter((read) => 'unread' in read)];
  });
}

function groupByParameters(results: readonly ActionResultRead[]): Map<string, ActionResultRead[]> {
  const groups = new Map<string, ActionResultRead[]>();
  for (const read of results) {
    const key = parametersKey(read);
    const group = groups.get(key);
    if (group) group.push(read);
    else groups.set(key, [read]);
  }
  return groups;
}

function parametersKey(read: ActionResultRead): string {
  if ('unread' in read) return '';
  const { context, ...own } = read.result.parameter ?? {};
  return canonicalJson(own);
}
