import { startChild, workflowInfo } from '@temporalio/workflow';
import type { ChildWorkflowHandle, ChildWorkflowOptions } from '@temporalio/workflow';
import type { EnrichBatchInput } from '../contracts/enrich-batch.js';
import type { GroupedRun, HandedBack, RunActionGroupResult } from '../contracts/run-action-group.js';
import { parametersOf, targetOf } from '../model/batch-item.js';
import type { RequestField } from '../model/batch-item.js';
import { BATCH_PRIORITY_KEY } from '../model/batch-options.js';
import { placesOf } from '../model/batch-pack.js';
import type { Pack } from '../model/batch-pack.js';
import { requestOf } from '../model/grouped-run.js';
import { WORKFLOW_TYPES } from '../model/names.js';
import { rootCause } from '../model/root-cause.js';
import { fromRanges, toRanges } from '../model/ranges.js';
import type { Ranges } from '../model/ranges.js';
import { accountOfFailure, accountOfRun } from '../model/run-account.js';
import type { RunAccount } from '../model/run-account.js';
import { refusalOfPost } from './failures.js';
import { cancelSignal } from './listen-for-cancel.js';
import type { runActionGroup } from './run-action-group.js';
import type { runAction } from './run-action.js';
import { KEYS } from './search-attributes.js';

/** Part of a pack and what became of it: all of it, but for items that were taken from an earlier run. */
export interface AccountedPart {
  readonly pack: Pack;
  readonly account: RunAccount;
  readonly reused: boolean;
}

/** What a child leaves: parts that are over, and packs that need a `runAction` of their own. */
export interface ChildEnd {
  readonly parts: readonly AccountedPart[];
  readonly begun: readonly Pack[];
}

type Handle = ChildWorkflowHandle<typeof runAction> | ChildWorkflowHandle<typeof runActionGroup>;

/** A child of a batch and the packs that it runs: one in a `runAction`, several in a `runActionGroup`. */
export class BatchChild {
  readonly #id: string;
  #handle: Handle | undefined;
  #cancelReason: string | undefined;

  constructor(
    readonly input: EnrichBatchInput,
    readonly number: number,
    readonly packs: readonly Pack[],
  ) {
    this.#id = `${workflowInfo().workflowId}/${number}`;
  }

  get workflowId(): string {
    return this.#id;
  }

  get isStarted(): boolean {
    return this.#handle !== undefined;
  }

  get items(): number {
    return this.packs.reduce((sum, { entries }) => sum + entries.length, 0);
  }

  /** Never fails: what went wrong with a run is that run's account. */
  async run(): Promise<ChildEnd> {
    try {
      const [only] = this.packs;
      const isAlone =
        this.packs.length === 1 && (only?.begun !== undefined || this.input.options?.reuseWithinSecs === undefined);
      return only && isAlone ? await this.#runAlone(only) : await this.#runTogether();
    } catch (error) {
      const account = accountOfFailure(rootCause(error).message, refusalOfPost(error));
      return { parts: this.packs.map((pack) => ({ pack, account, reused: false })), begun: [] };
    }
  }

  /** By signal, so that the child still says what became of its runs. One that has just ended needs no cancel. */
  async cancel(reason: string): Promise<void> {
    this.#cancelReason = reason;
    await this.#handle?.signal(cancelSignal, { reason }).catch(() => undefined);
  }

  async #runAlone(pack: Pack): Promise<ChildEnd> {
    const { target, parameters } = this.#grouped(pack);
    const request = requestOf(this.input.request, target, parameters);
    const options = { ...this.input.options?.run, inlineResultBytes: 0 };
    const child = await startChild<typeof runAction>(WORKFLOW_TYPES.runAction, {
      ...this.#options(),
      args: pack.begun ? [request, options, pack.begun] : [request, options],
    });
    await this.#started(child);
    return { parts: [{ pack, account: accountOfRun(await child.result()), reused: false }], begun: [] };
  }

  async #runTogether(): Promise<ChildEnd> {
    const { request, options } = this.input;
    const runs = this.packs.map((pack) => this.#grouped(pack));
    const reuseWithinSecs = options?.reuseWithinSecs ?? null;
    const child = await startChild<typeof runActionGroup>(WORKFLOW_TYPES.runActionGroup, {
      ...this.#options(),
      args: [{ request, runs, options: options?.run ?? null, reuseWithinSecs }],
    });
    await this.#started(child);
    return this.#read(await child.result());
  }

  #read({ runs, handedBack }: RunActionGroupResult): ChildEnd {
    const parts = runs.map(({ index, items, reused, ...account }) => ({
      pack: this.#part(index, items),
      account,
      reused: reused === true,
    }));
    return { parts, begun: handedBack.map((run) => this.#begun(run)) };
  }

  #begun({ index, items, begun }: HandedBack): Pack {
    return { ...this.#part(index, items), begun };
  }

  #part(index: number, items: Ranges): Pack {
    const pack = this.packs[index] ?? { entries: [], attempt: 1 };
    const entries = fromRanges(items).map((place) => pack.entries[place]);
    return { entries: entries.filter((entry) => entry !== undefined), attempt: pack.attempt };
  }

  async #started(handle: Handle): Promise<void> {
    this.#handle = handle;
    if (this.#cancelReason !== undefined) await this.cancel(this.#cancelReason);
  }

  #grouped({ entries }: Pack): GroupedRun {
    const fields: readonly RequestField[] = this.input.requestFields ?? [];
    const [first] = entries;
    return {
      target: first ? targetOf(first.item, fields) : {},
      parameters: entries.map(({ item }) => parametersOf(item, fields)),
    };
  }

  #options(): ChildWorkflowOptions {
    const batchId = workflowInfo().workflowId;
    return {
      workflowId: this.#id,
      parentClosePolicy: 'REQUEST_CANCEL',
      priority: { priorityKey: BATCH_PRIORITY_KEY, fairnessKey: batchId.slice(-64) },
      typedSearchAttributes: [{ key: KEYS.batch, value: batchId }],
      memo: { items: this.packs.map((pack) => toRanges(placesOf(pack))) },
      staticSummary: `${this.input.request.action.slice(0, 60)}: ${this.items} items`,
    };
  }
}
