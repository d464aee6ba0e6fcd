import { Readable } from 'node:stream';
import type { ResultsOmitted } from '../../contracts/run-action.js';
import type { ActionResult } from '../../contracts/soar.js';
import { jsonBytes, withinBudget } from '../../model/json.js';
import { isSuccess } from '../../model/run-state.js';
import { cut } from '../../model/text.js';
import { INCOMPLETE_AFTER_MS } from '../../model/timeouts-and-intervals.js';
import type { CallOptions } from '../../soar/caller.js';
import type { SoarClient } from '../../soar/client.js';
import { requireSameSoar } from '../../soar/our-run.js';
import { eachActionResult } from '../../soar/paging.js';
import type { ActionResultRead } from '../../soar/paging.js';
import { sinceScheduledMs } from '../heartbeat.js';
import { unlessLater } from './patience.js';

/** The results of one app_run: all of them inline, or a word on where they are. */
export interface FetchedResults {
  readonly inlineBytes: number;
  /** How many there are. */
  readonly count: number;
  readonly outcome: { readonly results: readonly ActionResult[] } | { readonly resultsOmitted: ResultsOmitted };
  /** Why some are missing; `null` if none is. */
  readonly unread: string | null;
}

/** Results that came with a list of app_runs; `null` if the list has the app_run without them. */
export const NONE_LISTED: ReadonlyMap<number, readonly ActionResult[] | null> = new Map();

interface Limits {
  readonly budgetBytes: number;
  readonly origin: string | null;
}

/** The results of each, ten at a time; what is there takes from the budget in the order of the app_runs. */
export function readEach(
  soar: SoarClient,
  appRunIds: readonly number[],
  { budgetBytes, origin }: Limits,
  call: CallOptions,
  listed = NONE_LISTED,
): Promise<FetchedResults[]> {
  const messageBytes = Math.floor(FAILURE_MESSAGES_BYTES / appRunIds.length);
  return withinBudget(budgetBytes, appRunIds, AT_ONCE, (ids, shareBytes) =>
    inOrder(ids, (appRunId) => {
      const taken = new TakenResults(shareBytes, messageBytes);
      const results = listed.get(appRunId);
      return results ? Promise.resolve(taken.all(results)) : readInto(taken, soar, { appRunId, origin }, call);
    }),
  );
}

/** Reads all of an app_run's action results; one that cannot be read counts as failed, and the others are read. */
async function readInto(
  taken: TakenResults,
  soar: SoarClient,
  { appRunId, origin }: { readonly appRunId: number; readonly origin: string | null },
  call: CallOptions,
): Promise<FetchedResults> {
  const tolerant = sinceScheduledMs() >= INCOMPLETE_AFTER_MS;
  try {
    requireSameSoar(soar, origin);
    for await (const read of eachActionResult(soar, appRunId, { ...call, tolerant })) taken.take(read);
    return taken.fetched(null);
  } catch (error) {
    return taken.fetched(unlessLater(error));
  }
}

const MAX_FAILURES = 1_000;
const MAX_FAILURE_MESSAGE = 300;
/** What the messages of failures may take in a call. Their places are kept beyond it: a batch tells by them which rows failed. */
const FAILURE_MESSAGES_BYTES = 256 * 1024;

/** Keeps results while they fit the budget; once one does not, only the account of them. */
class TakenResults {
  #count = 0;
  #succeeded = 0;
  #bytes = 0;
  #messageBytes = 0;
  #results: ActionResult[] | undefined = [];
  readonly #failures: { index: number; status: string; message: string }[] = [];
  #unread: string | null = null;

  constructor(
    readonly budgetBytes: number,
    readonly maxMessageBytes: number,
  ) {}

  all(results: readonly ActionResult[]): FetchedResults {
    for (const result of results) this.take({ result });
    return this.fetched(null);
  }

  take(read: ActionResultRead): void {
    if ('unread' in read) this.#leave(read.unread);
    else this.#keep(read.result);
  }

  #leave(reason: string): void {
    this.#account({ status: 'unread', message: reason }, this.#count++);
    this.#unread ??= reason;
    this.#results = undefined;
  }

  #keep(result: ActionResult): void {
    this.#account(result, this.#count++);
    if (!this.#results) return;
    this.#bytes += jsonBytes(result) + 1;
    if (this.#bytes > this.budgetBytes) this.#results = undefined;
    else this.#results.push(result);
  }

  fetched(unread: string | null): FetchedResults {
    const rest = { count: this.#count, unread: unread ?? this.#unread };
    if (this.#results) return { inlineBytes: this.#bytes, outcome: { results: this.#results }, ...rest };
    const resultsOmitted = { count: this.#count, succeeded: this.#succeeded, failures: this.#failures };
    return { inlineBytes: 0, outcome: { resultsOmitted }, ...rest };
  }

  #account({ status, message }: Pick<ActionResult, 'status' | 'message'>, index: number): void {
    if (isSuccess(status)) {
      this.#succeeded += 1;
      return;
    }
    if (this.#failures.length >= MAX_FAILURES) return;
    const failure = { index, status: cut(status, 20), message: cut(message, MAX_FAILURE_MESSAGE) };
    this.#messageBytes += jsonBytes(failure);
    const fits = this.#messageBytes <= this.maxMessageBytes;
    this.#failures.push(fits ? failure : { ...failure, message: '' });
  }
}

const AT_ONCE = 10;

/** Some at a time, and the answers in the order of the rows. */
export async function inOrder<T, R>(rows: readonly T[], work: (row: T) => Promise<R>): Promise<R[]> {
  const answers: R[] = [];
  for await (const answer of Readable.from(rows).map(work, { concurrency: AT_ONCE })) answers.push(answer as R);
  return answers;
}
