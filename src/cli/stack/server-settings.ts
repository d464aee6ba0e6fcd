/**
 * Dynamic configuration of a Temporal server that soar-runner has to itself; `deploy/dynamicconfig.yaml` says the same of one
 * on PostgreSQL. Sources of the defaults: Temporal's `common/dynamicconfig/constants.go`.
 */
export const SERVER_SETTINGS = {
  // Activities of a batch take turns with those of others, and single actions go first.
  'matching.useNewMatcher': true,
  'matching.enableFairness': true,
  // One partition a task queue makes that order exact.
  'matching.numTaskqueueReadPartitions': 1,
  'matching.numTaskqueueWritePartitions': 1,
  // By default a shard hands out what there is to do at most 20 times a second, and a small server has few shards: each step
  // of a workflow then waits up to 50 ms.
  'history.transferProcessorMaxPollRPS': 200,
  'history.timerProcessorMaxPollRPS': 200,
} as const;

/** Settings as arguments of `temporal server start-dev`. */
export function settingArguments(settings: Readonly<Record<string, boolean | number>> = SERVER_SETTINGS): string[] {
  return Object.entries(settings).flatMap(([key, value]) => ['--dynamic-config-value', `${key}=${String(value)}`]);
}
