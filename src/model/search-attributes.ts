/**
 * Search attributes of our workflows: what the Temporal UI's list shows and filters by. Never encrypted, so names, ids and
 * states only. SQLite, MySQL and PostgreSQL have room for ten custom Keywords in a namespace.
 */
export const SEARCH_ATTRIBUTES = {
  /** Name of the SOAR action, e.g. `geolocate ip`. */
  action: 'SoarAction',
  /** Id of SOAR's action_run. */
  actionRunId: 'SoarActionRunId',
  /** Id of the container the action runs in. */
  containerId: 'SoarContainerId',
  /** Where the workflow stands; at the end its outcome. */
  state: 'SoarState',
  /** Workflow id of the batch a run belongs to. */
  batch: 'SoarBatch',
  /** How far a batch is: `4120 of 10000 done, 12 failed`. */
  progress: 'SoarProgress',
} as const;

/** Temporal refuses a value of more than 2 KiB, which would stop the workflow. */
const MAX_VALUE_CHARACTERS = 200;

/** A text that fits a search attribute. */
export function cutValue(text: string): string {
  return text.slice(0, MAX_VALUE_CHARACTERS);
}
