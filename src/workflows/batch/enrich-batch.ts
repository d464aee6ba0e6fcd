import { CancelledFailure, CancellationScope, continueAsNew, setHandler, workflowInfo } from '@temporalio/workflow';
import type { BatchProgress, EnrichBatchInput, EnrichBatchResult } from '../../contracts/enrich-batch.js';
import { REQUEST_FIELDS, toItemPage } from '../../model/batch/batch-item.js';
import type { RequestField } from '../../model/batch/batch-item.js';
import { emptyProgress } from '../../model/batch/batch-progress.js';
import { isObject } from '../../model/json.js';
import { submissionTag } from '../../model/submission-tag.js';
import { soar } from '../calls/kinds.js';
import { cancelSignal, Stop, stopRequest } from '../cancellation.js';
import {
  requireInput,
  requireNoMore,
  requireOwnContinuation,
  requireRoomForChildren,
  unwrapped,
  withoutStack,
} from '../input.js';
import { recordStart } from '../record.js';
import { answerUnknownCalls } from '../unknown-calls.js';
import { Batch } from './batch-loop.js';
import { beginning } from './continue-as-new.js';
import type { CarriedBatch } from './continue-as-new.js';
import * as handlers from './handlers.js';

/**
 * Runs one action on many parameter sets, given at once or streamed: duplicates are dropped, the rest is packed many to an
 * action_run, and a window of children sees them through. Continues as new before its history grows too long.
 *
 * @param input what to run; see `EnrichBatchInput`
 * @param carried what an earlier run of this workflow hands over; only the workflow itself gives it
 * @returns the totals, and for every action_run where its rows are; the rows themselves stay in SOAR
 */
export async function enrichBatch(
  input: EnrichBatchInput,
  carried?: CarriedBatch,
  ...rest: unknown[]
): Promise<EnrichBatchResult> {
  const stop = new Stop();
  const requestFields = requestFieldsOf(input);
  let batch = carried ? handedOver(input, carried, stop) : undefined;
  let ended: EnrichBatchResult | null = null;
  let unknown: Pick<BatchProgress, 'unknownCalls'> = {};
  let open: (opened: Batch) => void = () => undefined;
  // What comes before the input has been checked waits for that.
  const opened = new Promise<Batch>((resolve) => {
    open = (checked) => {
      batch = checked;
      resolve(checked);
    };
  });
  setHandler(handlers.progressQuery, () => ({ ...(batch?.progress() ?? emptyProgress(0)), ...unknown }), {
    description: 'How many items are done, succeeded, failed.',
  });
  setHandler(handlers.resultQuery, () => ended, { description: 'The result; null until the end.' });
  setHandler(handlers.rowsReadyQuery, (from) => batch?.rowsReady(from) ?? { ready: 0, childrenStarted: 0 }, {
    description: 'Up to which place, from the given one on, rows are there: what readRows asks.',
  });
  setHandler(cancelSignal, (argument) => stop.because(stopRequest('signal', argument)), {
    description: 'Stop the batch and cancel its runs in SOAR. Optional argument: a reason, or { reason }.',
  });
  setHandler(handlers.pauseSignal, async () => (await opened).pause(true), {
    description: 'Start no more action_runs; those in flight go on.',
  });
  setHandler(handlers.resumeSignal, async () => (await opened).pause(false), {
    description: 'Go on after a pause.',
  });
  setHandler(handlers.setMaxRunsInFlight, async (width) => (await opened).setMaxRunsInFlight(width), {
    validator: handlers.requireWidth,
    description: 'How many action_runs may be in flight at a time: 1 to 1,000.',
  });
  setHandler(handlers.addItems, async (argument) => (await opened).addItems(toItemPage(argument)), {
    validator: (argument) => handlers.requirePage(argument, requestFields),
    description: 'More items: [{…}, …], or { items, offset }. Waits while many items wait already.',
  });
  setHandler(handlers.close, async () => (await opened).close(), { description: 'No more items will come.' });

  answerUnknownCalls(handlers.KNOWN_CALLS, (unknownCalls) => (unknown = { unknownCalls }));

  const from = await CancellationScope.nonCancellable(() => begin(input, carried, rest)).catch((error: unknown) => {
    handlers.showRefusal(input, error);
    throw withoutStack(error);
  });
  const work = batch ?? new Batch(input, from, stop);
  if (!carried) {
    recordStart(input.request.action);
    work.enqueue(input.items ?? []);
  }
  open(work);
  const { result, next } = await CancellationScope.nonCancellable(() => work.execute());
  if (next) return continueAsNew<typeof enrichBatch>({ ...input, items: undefined }, next);
  ended = result;
  if (result.outcome === 'cancelled' && stop.byTemporal) throw new CancelledFailure('The batch was cancelled.');
  return result;
}

/**
 * The input is checked once, by the first run of the workflow. Not by a local activity: a batch that had taken an update beside one
 * was seen not to replay on a busy machine, and no worker could go on with it.
 */
async function begin(
  input: EnrichBatchInput,
  carried: CarriedBatch | undefined,
  rest: readonly unknown[],
): Promise<CarriedBatch> {
  requireInput('input', input, 'with request and items');
  requireOwnContinuation(carried);
  requireNoMore('enrichBatch takes one argument, the input', rest);
  requireRoomForChildren();
  if (carried) return checked(input, carried);
  const { options, origin } = await soar('read', 'check of the input')
    .validateBatch(input)
    .catch((error: unknown) => {
      throw unwrapped(error);
    });
  const { startTime } = workflowInfo();
  return beginning({ key: submissionTag(workflowInfo()), origin, options, startTimeMs: startTime.getTime() }, input);
}

/** Shown before it has been checked: the progress and the rows that are ready must not go back meanwhile. */
function handedOver(input: EnrichBatchInput, carried: CarriedBatch, stop: Stop): Batch | undefined {
  try {
    return new Batch(input, carried, stop);
  } catch {
    // The check refuses it.
    return undefined;
  }
}

/** What Temporal says this run was handed counts, not that there is a second argument: a cron schedule hands one over, too. */
async function checked(input: EnrichBatchInput, carried: CarriedBatch): Promise<CarriedBatch> {
  // The items went to the run before.
  const given = { ...input, items: undefined, streamed: undefined };
  await soar('read', 'check of what was carried over')
    .validateCarried({ input: given, carried })
    .catch((error: unknown) => {
      throw unwrapped(error);
    });
  return carried;
}

/** Nobody has checked the input yet when a page is. */
function requestFieldsOf(input: unknown): readonly RequestField[] {
  const fields: unknown = isObject(input) ? input['requestFields'] : undefined;
  return Array.isArray(fields) ? REQUEST_FIELDS.filter((field) => fields.includes(field)) : [];
}
