import { ApplicationFailure, getExternalWorkflowHandle, startChild, workflowInfo } from '@temporalio/workflow';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import type { ChildWorkflowHandle, ChildWorkflowOptions } from '@temporalio/workflow';
import type { EndedChild } from '../../activities/index.js';
import type { EnrichBatchInput } from '../../contracts/enrich-batch.js';
import type { GroupedRun, HandedBack, RunActionGroupResult } from '../../contracts/run-action-group.js';
import type { RunActionResult } from '../../contracts/run-action.js';
import { parametersOf, targetOf, requestOf } from '../../model/batch/batch-item.js';
import { isObject } from '../../model/json.js';
import { WORKFLOW_TYPES } from '../../model/names.js';
import { BATCH_PRIORITY_KEY, MAX_TIMEOUT_SECS } from '../../model/options.js';
import type { BatchOptions } from '../../model/options.js';
import { fromRanges, rowsText, toRanges } from '../../model/batch/ranges.js';
import type { Ranges } from '../../model/batch/ranges.js';
import { NO_RESULTS, summaryOfFailure, summaryOfRun } from '../../model/batch/pack-outcome.js';
import { rootCause } from '../../model/error-codes.js';
import type { ItemsAccount, RunSummary } from '../../model/batch/pack-outcome.js';
import { markOfName } from '../../model/submission-tag.js';
import { cutToBytes, escapeMarkdown, MAX_SUMMARY_BYTES } from '../../model/text.js';
import { persist } from '../calls/persist.js';
import { hasFields } from '../shapes.js';
import { cancelSignal } from '../cancellation.js';
import type { runActionGroup } from '../group/run-action-group.js';
import type { runAction } from '../run/run-action.js';
import { KEYS } from '../../model/search-attributes.js';
import { placesOf } from './retry.js';
import type { Pack } from './retry.js';

/** What a child is started with, beside its packs. */
export interface ChildContext {
  readonly input: EnrichBatchInput;
  readonly options: BatchOptions;
  readonly origin: string | null;
  /** What tells this batch from others under its id. */
  readonly key: string;
}

/** Part of a pack and what became of it: all of it, but for items that were taken from an earlier run. */
export interface SummarizedPart {
  readonly pack: Pack;
  readonly summary: RunSummary;
  readonly reused: boolean;
}

/** What a child leaves: parts that are over, and packs that need a `runAction` of their own. */
export interface ChildEnd {
  readonly parts: readonly SummarizedPart[];
  readonly begun: readonly Pack[];
}

type Handle = ChildWorkflowHandle<typeof runAction> | ChildWorkflowHandle<typeof runActionGroup>;

/** A child of a batch and the packs that it runs: one in a `runAction`, several in a `runActionGroup`. */
export class BatchChild {
  readonly workflowId: string;
  #handle: Handle | undefined;
  #cancelReason: string | undefined;
  #isElsewhere = false;

  constructor(
    readonly context: ChildContext,
    readonly number: number,
    readonly packs: readonly Pack[],
  ) {
    this.workflowId = `${workflowInfo().workflowId}/${number}`;
  }

  get isStarted(): boolean {
    return this.#handle !== undefined || this.#isElsewhere;
  }

  get items(): number {
    return this.packs.reduce((sum, { entries }) => sum + entries.length, 0);
  }

  /** Never fails: what went wrong with a run is that run's summary. */
  async run(): Promise<ChildEnd> {
    try {
      return await this.#read(await this.#result());
    } catch (error) {
      const { message, refusal, actionRunId } = failureOf(error);
      const summary = { ...summaryOfFailure(message, refusal), actionRunId };
      return { parts: this.packs.map((pack) => ({ pack, summary, reused: false })), begun: [] };
    }
  }

  /** By signal, so that the child still says what became of its runs. One that has just ended needs no cancel. */
  async cancel(reason: string): Promise<void> {
    this.#cancelReason = reason;
    const handle = this.#isElsewhere ? getExternalWorkflowHandle(this.workflowId) : this.#handle;
    await handle?.signal(cancelSignal, { reason }).catch(() => undefined);
  }

  /**
   * Starts the child, or takes over the one that another run of this batch has started under its id (after a reset). A child
   * that a former batch of this id has left ends first: it is being cancelled.
   */
  async #result(): Promise<unknown> {
    for (let reuse: ChildWorkflowOptions['workflowIdReusePolicy'] = 'REJECT_DUPLICATE'; ; reuse = 'ALLOW_DUPLICATE') {
      try {
        this.#handle = await this.#start(reuse);
        if (this.#cancelReason !== undefined) await this.cancel(this.#cancelReason);
        return await this.#handle.result();
      } catch (error) {
        if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      }
      this.#isElsewhere = true;
      if (this.#cancelReason !== undefined) await this.cancel(this.#cancelReason);
      const { workflowId } = this;
      const { key } = this.context;
      const ended = await persist({
        kind: 'poll',
        summary: `wait for ${workflowId}`,
        isResult: hasFields<EndedChild>('kind'),
        call: (activities) => activities.awaitChild({ workflowId, key }),
      });
      if (ended.kind === 'ended') return ended.result;
      if (ended.kind === 'failed') throw ApplicationFailure.nonRetryable(ended.message, ended.type, ...ended.details);
    }
  }

  #start(workflowIdReusePolicy: ChildWorkflowOptions['workflowIdReusePolicy']): Promise<Handle> {
    const [only] = this.packs;
    const { input, options, origin } = this.context;
    const { request } = input;
    const isAlone = this.packs.length === 1 && (only?.begun !== undefined || options.reuseWithinSecs === undefined);
    const common = { ...this.#options(), workflowIdReusePolicy };
    if (!only || !isAlone) {
      const runs = this.packs.map((pack) => this.#grouped(pack));
      const reuseWithinSecs = options.reuseWithinSecs ?? null;
      const group = { request, runs, options: options.run, reuseWithinSecs, origin };
      return startChild<typeof runActionGroup>(WORKFLOW_TYPES.runActionGroup, { ...common, args: [group] });
    }
    const { target, parameters } = this.#grouped(only);
    // A batch waits for a SOAR that knows it no more, however long that takes: no row fails by it.
    const runOptions = { ...options.run, submitPatienceSecs: MAX_TIMEOUT_SECS, inlineResultBytes: 0 };
    const own = requestOf(request, target, parameters);
    const args: Parameters<typeof runAction> = only.begun ? [own, runOptions, only.begun] : [own, runOptions];
    return startChild<typeof runAction>(WORKFLOW_TYPES.runAction, { ...common, args });
  }

  async #read(result: unknown): Promise<ChildEnd> {
    const [only] = this.packs;
    if (isGroupResult(result)) {
      const { runs, handedBack } = result;
      const parts = runs.map(({ index, items, reused, ...summary }) => ({
        pack: this.#part(index, items),
        summary,
        reused: reused === true,
      }));
      return { parts, begun: handedBack.map((run) => this.#begun(run)) };
    }
    if (!only || !isRunResult(result)) throw new Error('The child was completed by hand, without a result.');
    const summary = summaryOfRun(result, await this.#accountOf(only, result));
    return { parts: [{ pack: only, summary, reused: false }], begun: [] };
  }

  /** What became of each item of a run of its own: what its rows will say. */
  async #accountOf(pack: Pack, { actionRun, actionRunId, appRuns }: RunActionResult): Promise<ItemsAccount> {
    if (actionRunId === null || appRuns.length === 0) return NO_RESULTS;
    const { origin } = this.context;
    const { parameters } = this.#grouped(pack);
    const input = { actionRunId, mark: markOfName(actionRun?.name), origin, parameters };
    const appRunIds = appRuns.map(({ id }) => id);
    return persist({
      summary: `results of action_run ${actionRunId}`,
      isResult: isAccount,
      call: (activities) => activities.fetchItemsAccount({ ...input, appRunIds }),
    });
  }

  #begun({ index, items, begun }: HandedBack): Pack {
    return { ...this.#part(index, items), begun };
  }

  #part(index: number, items: Ranges): Pack {
    const pack = this.packs[index] ?? { entries: [], attempt: 1 };
    const entries = fromRanges(items, pack.entries.length).map((place) => pack.entries[place]);
    return { entries: entries.filter((entry) => entry !== undefined), attempt: pack.attempt };
  }

  #grouped({ entries }: Pack): GroupedRun {
    const fields = this.context.input.requestFields ?? [];
    const [first] = entries;
    return {
      target: first ? targetOf(first.item, fields) : {},
      parameters: entries.map(({ item }) => parametersOf(item, fields)),
    };
  }

  #options(): ChildWorkflowOptions {
    const { workflowId: batchId, firstExecutionRunId } = workflowInfo();
    const { input, key } = this.context;
    return {
      workflowId: this.workflowId,
      parentClosePolicy: 'REQUEST_CANCEL',
      // Not its id, which others choose: who took the same key would take a part of its turns.
      priority: { priorityKey: BATCH_PRIORITY_KEY, fairnessKey: firstExecutionRunId },
      typedSearchAttributes: [{ key: KEYS.batch, value: batchId }],
      memo: { items: this.packs.map((pack) => toRanges(placesOf(pack))), batch: key },
      staticSummary: cutToBytes(
        `${cutToBytes(escapeMarkdown(input.request.action), MAX_SUMMARY_BYTES / 2)}: ${rowsText(this.packs.flatMap(placesOf))}`,
        MAX_SUMMARY_BYTES,
      ),
    };
  }
}

const isAccount = hasFields<ItemsAccount>('succeeded', 'failed', 'unread');

function isGroupResult(result: unknown): result is RunActionGroupResult {
  return isObject(result) && Array.isArray(result['runs']) && Array.isArray(result['handedBack']);
}

function isRunResult(result: unknown): result is RunActionResult {
  return isObject(result) && typeof result['outcome'] === 'string' && Array.isArray(result['appRuns']);
}

/** What a failed child says: the reason, the code SOAR refused the POST with, and the run if it knows one. */
function failureOf(error: unknown): { message: string; refusal: string | undefined; actionRunId: number | null } {
  const cause = rootCause(error);
  const [details]: unknown[] = cause instanceof ApplicationFailure ? (cause.details ?? []) : [];
  const actionRunId = isObject(details) && typeof details['actionRunId'] === 'number' ? details['actionRunId'] : null;
  const isRefusal = cause instanceof ApplicationFailure && actionRunId === null;
  return { message: cause.message, refusal: isRefusal ? (cause.type ?? undefined) : undefined, actionRunId };
}

/** The children of a batch that have not ended. */
export class ChildrenInFlight {
  readonly #children = new Set<BatchChild>();

  get count(): number {
    return this.#children.size;
  }

  get runs(): number {
    return [...this.#children].reduce((sum, { packs }) => sum + packs.length, 0);
  }

  get items(): number {
    return [...this.#children].reduce((sum, { items }) => sum + items, 0);
  }

  /** Places of the items that run. */
  places(): number[] {
    return [...this.#children].flatMap(({ packs }) => packs.flatMap(placesOf));
  }

  /** The number of the first that Temporal does not have yet; `Infinity` if it has all. */
  get firstNotStarted(): number {
    return Math.min(...[...this.#children].filter(({ isStarted }) => !isStarted).map(({ number }) => number));
  }

  add(child: BatchChild): void {
    this.#children.add(child);
  }

  remove(child: BatchChild): void {
    this.#children.delete(child);
  }

  async cancel(reason: string): Promise<void> {
    await Promise.all([...this.#children].map((child) => child.cancel(reason)));
  }
}
