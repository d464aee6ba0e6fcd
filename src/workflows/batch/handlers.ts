import {
  ApplicationFailure,
  defineQuery,
  defineSignal,
  defineUpdate,
  setCurrentDetails,
  upsertSearchAttributes,
} from '@temporalio/workflow';
import type { AddItems, BatchProgress, EnrichBatchResult, PageReceipt } from '../../contracts/enrich-batch.js';
import { problemOfPage } from '../../model/batch/batch-item.js';
import type { RequestField } from '../../model/batch/batch-item.js';
import { describeBatch, describeRefusal, progressLine } from '../../model/batch/batch-progress.js';
import type { RowsReady } from '../../model/batch/batch-progress.js';
import { isObject } from '../../model/json.js';
import { FAILURE_TYPES, QUERIES, SIGNALS, UPDATES } from '../../model/names.js';
import { MAX_RUNS_IN_FLIGHT } from '../../model/options.js';
import { textOr } from '../../model/text.js';
import { problemOf } from '../calls/failure-of-activity.js';
import { cutValue, KEYS } from '../../model/search-attributes.js';

export const progressQuery = defineQuery<BatchProgress>(QUERIES.progress);
export const rowsReadyQuery = defineQuery<RowsReady, [number]>(QUERIES.rowsReady);
export const resultQuery = defineQuery<EnrichBatchResult | null>(QUERIES.result);
export const pauseSignal = defineSignal(SIGNALS.pause);
export const resumeSignal = defineSignal(SIGNALS.resume);
export const setMaxRunsInFlight = defineUpdate<number, [number]>(UPDATES.setMaxRunsInFlight);
export const addItems = defineUpdate<PageReceipt, [AddItems]>(UPDATES.addItems);
export const close = defineUpdate<Pick<PageReceipt, 'total' | 'distinct'>>(UPDATES.close);

export const KNOWN_CALLS = {
  signal: [SIGNALS.cancel, SIGNALS.pause, SIGNALS.resume],
  query: [QUERIES.progress, QUERIES.result],
  update: [UPDATES.addItems, UPDATES.close, UPDATES.setMaxRunsInFlight],
};

/** For the validator alone: a page that was let in once must be taken in every replay, whatever the limits are then. */
export function requirePage(argument: unknown, requestFields: readonly RequestField[]): void {
  const problem = problemOfPage(argument, requestFields);
  if (problem !== undefined) throw ApplicationFailure.nonRetryable(problem, FAILURE_TYPES.invalidItems);
}

/** For the validator of `setMaxRunsInFlight`. */
export function requireWidth(width: unknown): void {
  if (typeof width === 'number' && Number.isInteger(width) && width >= 1 && width <= MAX_RUNS_IN_FLIGHT) return;
  throw ApplicationFailure.nonRetryable(
    `must be a whole number from 1 to ${MAX_RUNS_IN_FLIGHT}.`,
    FAILURE_TYPES.invalidMaxRunsInFlight,
  );
}

/** Each publication is an event of the history. */
const PUBLISH_EVERY_MS = 10_000;

/** What a batch shows of itself in the Temporal UI: current details at every change, search attributes now and then. */
export class BatchView {
  /** Undefined before the first time. */
  #publishedAtMs: number | undefined;

  constructor(readonly action: string) {}

  show(progress: BatchProgress): void {
    setCurrentDetails(describeBatch(this.action, progress, stateOf(progress)));
    if (this.#publishedAtMs !== undefined && Date.now() - this.#publishedAtMs < PUBLISH_EVERY_MS) return;
    this.publish(progress, stateOf(progress));
  }

  /** @param outcome at the end alone */
  publish(progress: BatchProgress, state: string, outcome?: string): void {
    this.#publishedAtMs = Date.now();
    if (outcome !== undefined) setCurrentDetails(describeBatch(this.action, progress, outcome));
    upsertSearchAttributes([
      { key: KEYS.action, value: cutValue(this.action) },
      { key: KEYS.state, value: state },
      ...(outcome === undefined ? [] : [{ key: KEYS.outcome, value: outcome }]),
      { key: KEYS.progress, value: progressLine(progress) },
    ]);
  }
}

/** Shows a batch that was refused, which has no progress. */
export function showRefusal(input: unknown, error: unknown): void {
  const request = isObject(input) && isObject(input['request']) ? input['request'] : {};
  const action = textOr(request['action'], 'unnamed action');
  setCurrentDetails(describeRefusal(action, problemOf(error).message));
  upsertSearchAttributes([
    { key: KEYS.action, value: cutValue(action) },
    { key: KEYS.state, value: 'failed' },
    { key: KEYS.outcome, value: 'failed' },
  ]);
}

function stateOf({ cancelRequested, paused }: BatchProgress): string {
  if (cancelRequested) return 'cancelling';
  return paused ? 'paused' : 'running';
}
