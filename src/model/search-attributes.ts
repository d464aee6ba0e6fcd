import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { cutToBytes } from './text.js';

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
  /** How it ended; absent until then. */
  outcome: 'SoarOutcome',
  /** Workflow id of the batch a run belongs to. */
  batch: 'SoarBatch',
  /** How far a batch is: `4120 of 10000 done, 12 failed`. */
  progress: 'SoarProgress',
  /** Code of what keeps SOAR from answering now; absent if nothing does. */
  problem: 'SoarProblem',
} as const;

const keyword = (name: string) => defineSearchAttributeKey(name, SearchAttributeType.KEYWORD);

/** Their typed keys; all are Keywords. */
export const KEYS = {
  action: keyword(SEARCH_ATTRIBUTES.action),
  actionRunId: keyword(SEARCH_ATTRIBUTES.actionRunId),
  containerId: keyword(SEARCH_ATTRIBUTES.containerId),
  state: keyword(SEARCH_ATTRIBUTES.state),
  outcome: keyword(SEARCH_ATTRIBUTES.outcome),
  batch: keyword(SEARCH_ATTRIBUTES.batch),
  progress: keyword(SEARCH_ATTRIBUTES.progress),
  problem: keyword(SEARCH_ATTRIBUTES.problem),
} as const;

/** Temporal refuses a value of more than 2 KiB, which would stop the workflow. */
const MAX_VALUE_BYTES = 200;

/** A text that fits a search attribute. */
export function cutValue(text: string): string {
  return cutToBytes(text, MAX_VALUE_BYTES);
}
