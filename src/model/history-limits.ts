/** What Temporal tells a workflow of its history. */
export interface HistorySize {
  readonly historyLength: number;
  readonly historySize: number;
  readonly continueAsNewSuggested: boolean;
}

/** Temporal suggests continue-as-new at 4,096 events or 4 MiB; what is in flight must still fit below that. */
const LIMIT = { events: 4_000, bytes: 4_000_000 } as const;

/** What a child in flight still adds: its start and end, and the workflow tasks around them. */
const PER_CHILD = { events: 10, bytes: 24_000 } as const;

/** What a run of a workflow still adds to its history before it can end. */
export interface StillToCome {
  readonly childrenInFlight: number;
  /** What continue-as-new carries: the last event of the history repeats it. */
  readonly carriedBytes: number;
}

/** True when a run of a workflow must start nothing more, so that its history ends below Temporal's marks. */
export function mustLeave(history: HistorySize, { childrenInFlight, carriedBytes }: StillToCome): boolean {
  if (history.continueAsNewSuggested) return true;
  if (history.historyLength + childrenInFlight * PER_CHILD.events > LIMIT.events) return true;
  return history.historySize + childrenInFlight * PER_CHILD.bytes + carriedBytes > LIMIT.bytes;
}
