/** The workflow types of this worker; their names are a public contract (see `model/names.ts`). */
export { enrichBatch } from './batch/enrich-batch.js';
export { runActionGroup } from './group/run-action-group.js';
export { cancelOrphan } from './cancel-orphan.js';
export { readRows } from './read-rows.js';
export { runAction } from './run/run-action.js';
export { default } from './unknown-calls.js';
