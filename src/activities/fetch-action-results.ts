import type { ResultsOmitted } from '../contracts/run-action.js';
import type { ActionResult } from '../contracts/soar/action-result.js';
import { SOAR_ERROR_CODES } from '../model/error-codes.js';
import { cut, jsonBytes } from '../model/text.js';
import type { CallOptions } from '../soar/caller.js';
import type { SoarClient } from '../soar/client.js';
import { SoarError } from '../soar/errors.js';
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

/** From many small results a page to one huge one: a page must fit the client's largest answer. */
const PAGE_SIZES = [100, 10, 1] as const;
const MAX_FAILURES = 1_000;
const MAX_MESSAGE_CHARACTERS = 300;

/** Fetches all pages of an app_run's action results. */
export function createFetchActionResults(soar: SoarClient): (input: FetchResultsInput) => Promise<FetchedResults> {
  return (input) => withPulse(({ signal }) => readActionResults(soar, input, { signal }));
}

/** Reads all pages of an app_run's action results, in pages that fit the client's largest answer. */
export async function readActionResults(
  soar: SoarClient,
  input: FetchResultsInput,
  call: CallOptions,
): Promise<FetchedResults> {
  let tooLarge: unknown;
  for (const pageSize of PAGE_SIZES) {
    try {
      return await readPages(soar, input, pageSize, call);
    } catch (error) {
      if (!isTooLarge(error)) throw error;
      tooLarge = error;
    }
  }
  throw tooLarge;
}

function isTooLarge(error: unknown): boolean {
  return error instanceof SoarError && error.code === SOAR_ERROR_CODES.BODY_TOO_LARGE;
}

async function readPages(
  soar: SoarClient,
  input: FetchResultsInput,
  pageSize: number,
  call: CallOptions,
): Promise<FetchedResults> {
  const taken = new TakenResults(input.budgetBytes);
  for (let page = 0; ; page++) {
    const { data, count, num_pages } = await soar.listActionResults(input.appRunId, { page, pageSize }, call);
    data.forEach((result) => {
      taken.take(result);
    });
    if (page + 1 < num_pages) continue;
    if (taken.count !== count) throw incomplete(`results of app_run ${input.appRunId}`);
    return taken.fetched();
  }
}

/** Keeps results while they fit the budget; once one does not, only the account of them. */
class TakenResults {
  count = 0;
  #succeeded = 0;
  #bytes = 0;
  #results: ActionResult[] | undefined = [];
  readonly #failures: { index: number; status: string; message: string }[] = [];

  constructor(readonly budgetBytes: number) {}

  take(result: ActionResult): void {
    this.#account(result, this.count++);
    if (!this.#results) return;
    this.#bytes += jsonBytes(result);
    if (this.#bytes > this.budgetBytes) this.#results = undefined;
    else this.#results.push(result);
  }

  fetched(): FetchedResults {
    if (this.#results) return { inlineBytes: this.#bytes, outcome: { results: this.#results } };
    const resultsOmitted = { count: this.count, succeeded: this.#succeeded, failures: this.#failures };
    return { inlineBytes: 0, outcome: { resultsOmitted } };
  }

  #account({ status, message }: ActionResult, index: number): void {
    if (status === 'success') this.#succeeded += 1;
    else if (this.#failures.length < MAX_FAILURES) {
      this.#failures.push({ index, status, message: cut(message, MAX_MESSAGE_CHARACTERS) });
    }
  }
}
