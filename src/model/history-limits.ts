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

/** True when a run of a workflow must start nothing more, so that its history ends below Temporal's marks. */
export function mustLeave(
  { historyLength, historySize, continueAsNewSuggested }: HistorySize,
  childrenInFlight: number,
): boolean {
  if (continueAsNewSuggested) return true;
  if (historyLength + childrenInFlight * PER_CHILD.events > LIMIT.events) return true;
  return historySize + childrenInFlight * PER_CHILD.bytes > LIMIT.bytes;
}
