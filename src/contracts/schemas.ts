import { z } from 'zod';
import { MAX_RUNS_IN_FLIGHT } from '../model/options.js';
import * as answers from './answers.js';
import { addItemsSchema, enrichBatchInputSchema, enrichBatchOptionsSchema } from './enrich-batch.js';
import { readRowsInputSchema } from './read-rows.js';
import { runActionOptionsSchema, runActionRequestSchema } from './run-action.js';

/** A JSON Schema, draft 2020-12. */
export type JsonSchema = Readonly<Record<string, unknown>>;

const reason = z.union([z.string(), z.object({ reason: z.string().optional() })]);
const resolution = z
  .object({
    decision: z.enum(['resubmit', 'abandon', 'adopt']),
    actionRunId: z.int().positive().optional().describe('For adopt: the run that SOAR has.'),
  })
  .describe('Argument of update resolveSubmission.');

const ARGUMENTS = {
  runActionRequest: runActionRequestSchema.describe('First argument of runAction: the body of POST /rest/action_run.'),
  runActionOptions: runActionOptionsSchema.describe('Second argument of runAction.'),
  enrichBatchInput: enrichBatchInputSchema.describe('Argument of enrichBatch.'),
  enrichBatchOptions: enrichBatchOptionsSchema.describe('options in the argument of enrichBatch.'),
  readRowsInput: readRowsInputSchema.describe('Argument of readRows.'),
  cancelReason: reason.describe('Argument of signal cancel and update requestCancel; may be absent.'),
  resolveSubmission: resolution,
  stopWatching: z.object({ reason: z.string().min(1) }).describe('Argument of update stopWatching.'),
  addItems: addItemsSchema.describe('Argument of update addItems.'),
  setMaxRunsInFlight: z.int().min(1).max(MAX_RUNS_IN_FLIGHT).describe('Argument of update setMaxRunsInFlight.'),
} as const;

const ANSWERS = {
  runActionResult: answers.runActionResult,
  runState: answers.runState,
  cancelAnswer: answers.cancelAnswer,
  enrichBatchResult: answers.enrichBatchResult,
  batchProgress: answers.batchProgress,
  pageReceipt: answers.pageReceipt,
  rowsPage: answers.rowsPage,
  problemDetails: answers.problemDetails,
  soarFailureDetails: answers.soarFailureDetails,
} as const;

/** The name of a schema. */
export type SchemaName = keyof typeof ARGUMENTS | keyof typeof ANSWERS;

/** Every argument, result, answer and failure detail by its name, as JSON Schema 2020-12. */
export const schemas: Readonly<Record<SchemaName, JsonSchema>> = {
  ...made(ARGUMENTS, 'input'),
  ...made(ANSWERS, 'output'),
};

function made<N extends string>(of: Readonly<Record<N, z.ZodType>>, io: 'input' | 'output'): Record<N, JsonSchema> {
  const entries = Object.entries<z.ZodType>(of).map(([name, schema]): [string, JsonSchema] => {
    const made = z.toJSONSchema(schema, { target: 'draft-2020-12', io, unrepresentable: 'any' });
    return [name, { title: name, ...made }];
  });
  return Object.fromEntries(entries) as Record<N, JsonSchema>;
}
