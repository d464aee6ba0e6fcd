import { Context } from '@temporalio/activity';
import { checkCarriedBatch } from '../contracts/carried-batch.js';
import { checkEnrichBatchInput } from '../contracts/enrich-batch.js';
import { checkReadRowsInput } from '../contracts/read-rows.js';
import type { CheckedReadRows } from '../contracts/read-rows.js';
import { checkRun } from '../contracts/run-action.js';
import type { BatchOptions, RunOptions } from '../model/options.js';
import { refusal } from './failures.js';
import type { TemporalView } from './wait/await-child.js';

/**
 * Refuses a `runAction` that can never work, with the fields and what would be right, before anything is sent.
 *
 * @returns the options with the defaults filled in
 */
export function validateRun(input: { readonly request: unknown; readonly options: unknown }): RunOptions {
  const checked = checkRun(input);
  if (checked.ok) return checked.value;
  throw refusal(checked.problems);
}

/** Refuses an `enrichBatch` likewise. @returns the options with the defaults filled in */
export function validateBatch(input: unknown): BatchOptions {
  const checked = checkEnrichBatchInput(input);
  if (checked.ok) return checked.value.options;
  throw refusal(checked.problems);
}

/** What a run of a batch was handed. */
export interface CarriedInput {
  readonly input: unknown;
  readonly carried: unknown;
}

/** Refuses what a batch did not get from its own run before, and what no batch hands over. */
export async function validateCarried(temporal: TemporalView, given: CarriedInput): Promise<true> {
  const { workflowExecution: caller } = Context.current().info;
  if (!caller || !(await temporal.isContinued(caller)))
    throw refusal(['enrichBatch takes one argument: the second is what only the workflow itself hands over.']);
  const [input, carried] = [checkEnrichBatchInput(given.input), checkCarriedBatch(given.carried)];
  if (input.ok && carried.ok) return true;
  throw refusal([...(input.ok ? [] : input.problems), ...(carried.ok ? [] : carried.problems)]);
}

/** Refuses a `readRows` likewise. @returns the input with the defaults filled in */
export function validateReadRows(input: unknown): CheckedReadRows {
  const checked = checkReadRowsInput(input);
  if (checked.ok) return checked.value;
  throw refusal(checked.problems);
}
