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
} as const;
