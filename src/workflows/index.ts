/** The workflow types of this worker; their names are a public contract (see `model/names.ts`). */
export { enrichBatch } from './enrich-batch.js';
export { runAction } from './run-action.js';
