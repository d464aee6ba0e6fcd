import type { ResultsOmitted } from '../contracts/run-action.js';
import type { ActionResult } from '../contracts/soar/action-result.js';
import { cut, jsonBytes } from '../model/text.js';
import { eachActionResult, ResultsMoved } from '../soar/action-results.js';
import type { ActionResultRead } from '../soar/action-results.js';
import type { CallOptions } from '../soar/caller.js';
import type { SoarClient } from '../soar/client.js';
import { incomplete } from './incomplete.js';
import { withPulse } from './pulse.js';

/** The results of one app_run: all of them inline, or a word on where they are. */
export interface FetchedResults {
  readonly inlineBytes: number;
  readonly outcome: { readonly results: readonly ActionResult[] } | { readonly resultsOmitted: ResultsOmitted };
}

/** Which results, and how many bytes of them may come back. */
export interface FetchResultsInput {
  readonly appRunId: number;
  readonly budgetBytes: number;
}

const MAX_FAILURES = 1_000;
const MAX_MESSAGE_CHARACTERS = 300;

/** Fetches all pages of an app_run's action results. */
export function createFetchActionResults(soar: SoarClient): (input: FetchResultsInput) => Promise<FetchedResults> {
  return (input) => withPulse(({ signal }) => readActionResults(soar, input, { signal }));
}

/** Reads all of an app_run's action results; one that is too large to be read counts as failed, and the others are read. */
export async function readActionResults(
  soar: SoarClient,
  { appRunId, budgetBytes }: FetchResultsInput,
  call: CallOptions,
): Promise<FetchedResults> {
  const taken = new TakenResults(budgetBytes);
  try {
    for await (const read of eachActionResult(soar, appRunId, call)) taken.take(read);
  } catch (error) {
    throw error instanceof ResultsMoved ? incomplete(`results of app_run ${appRunId}`) : error;
  }
  return taken.fetched();
}

/** Keeps results while they fit the budget; once one does not, only the account of them. */
class TakenResults {
  #count = 0;
  #succeeded = 0;
  #bytes = 0;
  #results: ActionResult[] | undefined = [];
  readonly #failures: { index: number; status: string; message: string }[] = [];

  constructor(readonly budgetBytes: number) {}

  take(read: ActionResultRead): void {
    if ('unread' in read) this.#leave(read.unread);
    else this.#keep(read.result);
  }

  #leave(reason: string): void {
    this.#account({ status: 'unread', message: reason }, this.#count++);
    this.#results = undefined;
  }

  #keep(result: ActionResult): void {
    this.#account(result, this.#count++);
    if (!this.#results) return;
    this.#bytes += jsonBytes(result);
    if (this.#bytes > this.budgetBytes) this.#results = undefined;
    else this.#results.push(result);
  }

  fetched(): FetchedResults {
    if (this.#results) return { inlineBytes: this.#bytes, outcome: { results: this.#results } };
    const resultsOmitted = { count: this.#count, succeeded: this.#succeeded, failures: this.#failures };
    return { inlineBytes: 0, outcome: { resultsOmitted } };
  }

  #account({ status, message }: Pick<ActionResult, 'status' | 'message'>, index: number): void {
    if (status === 'success') this.#succeeded += 1;
    else if (this.#failures.length < MAX_FAILURES) {
      this.#failures.push({ index, status, message: cut(message, MAX_MESSAGE_CHARACTERS) });
    }
  }
}
