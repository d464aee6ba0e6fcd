import { z } from 'zod';
import { MAX_WORKFLOW_ID_BYTES } from '../model/options.js';
import type { ReadRowStatus } from '../model/batch/row-status.js';
import { bytesOf, wellFormed } from '../model/text.js';
import type { BatchItem } from './enrich-batch.js';
import type { ActionResult } from './soar.js';
import { checkWith, count, refuseOtherNames, withDefault } from './validate.js';

/** How many rows a page has, and how long one may wait for its first row, in seconds. */
const DEFAULT_LIMIT = 1_000;
const MAX_LIMIT = 10_000;
const MAX_WAIT_SECS = 60;

const NO_ID = `must be whole characters and at most ${MAX_WORKFLOW_ID_BYTES} bytes: no workflow has another id`;

const readRowsObjectSchema = z.looseObject({
  workflowId: z
    .string({ error: 'must be text: the id of an enrichBatch or a runAction' })
    .regex(/\S/, 'must not be empty: the id of an enrichBatch or a runAction')
    .refine((id) => wellFormed(id) === id && bytesOf(id) <= MAX_WORKFLOW_ID_BYTES, NO_ID)
    .describe('Id of the enrichBatch or the runAction whose rows are read.'),
  from: withDefault(count(0, Number.MAX_SAFE_INTEGER), 0).describe('Place of the first row; the `next` of a page.'),
  limit: withDefault(count(1, MAX_LIMIT), DEFAULT_LIMIT).describe('Most rows of the page; its bytes are bounded, too.'),
  waitSecs: withDefault(count(0, MAX_WAIT_SECS), 0).describe(
    'How long to wait for a first row that is not there yet, in seconds.',
  ),
});

/** Input of `readRows`, with the defaults filled in. */
export const readRowsInputSchema = readRowsObjectSchema.check(
  refuseOtherNames(Object.keys(readRowsObjectSchema.shape)),
);

/** Which rows to read. */
export type ReadRowsInput = z.input<typeof readRowsInputSchema>;

/** {@link ReadRowsInput} with the defaults filled in. */
export type CheckedReadRows = z.output<typeof readRowsInputSchema>;

/** Checks the input of `readRows`. */
export const checkReadRowsInput = checkWith(readRowsInputSchema);

export type { ReadRowStatus } from '../model/batch/row-status.js';

/** The row of an item of a batch, or of one action result of a `runAction`. */
export interface Row {
  /** Its number from 0: among the distinct items of a batch, in the order of their first appearance; else among the results. */
  readonly place: number;
  readonly status: ReadRowStatus;
  /** SOAR's own words, or why there is no result. */
  readonly message: string;
  /** The item as it was given; `null` if nothing knows it any more. */
  readonly item: BatchItem | null;
  /** SOAR's action results of the item, one for each asset; empty if there is none, or if it is too large. */
  readonly results: readonly ActionResult[];
  /** `null` if SOAR never had the action. */
  readonly actionRunId: number | null;
  readonly appRunIds: readonly number[];
}

/** A page of rows: the answer of `readRows`. */
export interface RowsPage {
  readonly rows: readonly Row[];
  /**
   * Where to go on. `null`: the end, no more rows will ever come. A number with no rows before it: the next row is not there
   * yet.
   */
  readonly next: number | null;
}
