/** When a run is looked at, in ms: at once, then further and further apart. The same for every contender but ours. */
export const POLL = { firstIntervalMs: 250, factor: 1.5, maxIntervalMs: 1_000 } as const;
