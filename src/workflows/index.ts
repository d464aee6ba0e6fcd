/** The workflow types of this worker; their names are a public contract (see `model/names.ts`). */
export { enrichBatch } from './batch/enrich-batch.js';
export { runActionGroup } from './group/run-action-group.js';
export { cancelOrphan } from './cancel-orphan.js';
export { readRows } from './read-rows.js';
export { runAction } from './run/run-action.js';
export { default } from './unknown-calls.js';

// The SDK takes a stack trace of every promise, for its query __stack_trace: with the usual ten frames that is a tenth of what
// a run costs the worker. Two still say which function failed; what a run waits for, its status says in words.
Error.stackTraceLimit = 2;
