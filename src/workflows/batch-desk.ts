import { ApplicationFailure, defineQuery, defineSignal, defineUpdate, setHandler } from '@temporalio/workflow';
import type { AddItems, BatchProgress, PageReceipt } from '../contracts/enrich-batch.js';
import type { RequestField } from '../model/batch-item.js';
import { MAX_RUNS_IN_FLIGHT } from '../model/batch-options.js';
import { problemOfPage, toItemPage } from '../model/batch-page.js';
import type { ItemPage } from '../model/batch-page.js';
import { FAILURE_TYPES, QUERIES, SIGNALS, UPDATES } from '../model/names.js';

const progressQuery = defineQuery<BatchProgress>(QUERIES.progress);
const pauseSignal = defineSignal(SIGNALS.pause);
const resumeSignal = defineSignal(SIGNALS.resume);
const setMaxRunsInFlightUpdate = defineUpdate<number, [number]>(UPDATES.setMaxRunsInFlight);
const addItemsUpdate = defineUpdate<PageReceipt, [AddItems]>(UPDATES.addItems);
const closeUpdate = defineUpdate<Pick<PageReceipt, 'total' | 'distinct'>>(UPDATES.close);

/** What people and other systems can ask of a batch. */
export interface Steered {
  readonly requestFields: readonly RequestField[];
  progress(): BatchProgress;
  pause(paused: boolean): void;
  setMaxRunsInFlight(width: number): number;
  addItems(page: ItemPage): Promise<PageReceipt>;
  close(): Promise<Pick<PageReceipt, 'total' | 'distinct'>>;
}

/** Takes a batch's queries, signals and updates. */
export function listenForBatch(batch: Steered): void {
  setHandler(progressQuery, () => batch.progress(), { description: 'How many items are done, succeeded, failed.' });
  setHandler(
    pauseSignal,
    () => {
      batch.pause(true);
    },
    {
      description: 'Start no more action_runs; those in flight go on.',
    },
  );
  setHandler(
    resumeSignal,
    () => {
      batch.pause(false);
    },
    { description: 'Go on after a pause.' },
  );
  setHandler(setMaxRunsInFlightUpdate, (width) => batch.setMaxRunsInFlight(width), {
    validator: requireWidth,
    description: `How many action_runs may be in flight at a time: 1 to ${MAX_RUNS_IN_FLIGHT}.`,
  });
  setHandler(addItemsUpdate, (argument) => batch.addItems(toItemPage(argument)), {
    validator: (argument) => {
      requirePage(argument, batch);
    },
    description: 'More items: [{…}, …], or { items, offset }. Waits while many items wait already.',
  });
  setHandler(closeUpdate, () => batch.close(), { description: 'No more items will come.' });
}

/** For the validator alone: a page that was let in once must be taken in every replay, whatever the limits are then. */
function requirePage(argument: unknown, { requestFields }: Steered): void {
  const problem = problemOfPage(argument, requestFields);
  if (problem !== undefined) throw ApplicationFailure.nonRetryable(problem, FAILURE_TYPES.invalidItems);
}

function requireWidth(width: unknown): void {
  if (typeof width === 'number' && Number.isInteger(width) && width >= 1 && width <= MAX_RUNS_IN_FLIGHT) return;
  throw ApplicationFailure.nonRetryable(
    `must be a whole number from 1 to ${MAX_RUNS_IN_FLIGHT}.`,
    'InvalidMaxRunsInFlight',
  );
}
