import { checkBatchResult, checkRowsReady } from '../contracts/ended-workflows.js';
import type { CheckedReadRows, Row, RowsPage } from '../contracts/read-rows.js';
import type { BatchItem } from '../model/batch/batch-item.js';
import { isObject, jsonBytes } from '../model/json.js';
import type { Patience } from '../soar/lasting.js';
import type { CallOptions } from '../soar/caller.js';
import type { SoarClient } from '../soar/client.js';
import { ChildPlaces } from './child-places.js';
import type { Spot } from './child-places.js';
import { runsOfChild } from './child-runs.js';
import type { ChildRun } from './child-runs.js';
import { contentsOf, toRead } from './contents.js';
import type { RowContent } from './contents.js';
import { givenItems } from './given-items.js';
import type { GivenItems } from './given-items.js';
import { createResultsReader } from './our-results.js';
import type { ResultsReader } from './our-results.js';
import { PageOfRows } from './page.js';
import type { SeenWorkflow, WorkflowsView } from './workflows-view.js';

/** A batch whose rows are read: what does not change any more is kept. */
interface KnownBatch {
  readonly workflowId: string;
  readonly places: ChildPlaces;
  readonly requestFields: unknown;
}

/** Part of a run of a child, with its items. */
type Part = ChildRun & GivenItems;
type RunsOfChild = readonly (readonly Part[])[];

const MAX_BATCHES = 20;
/** As JSON: a page after the other reads the same children, and large runs in parts. */
const MAX_KEPT_BYTES = 16 * 1024 * 1024;
/** Rows whose results are read together. */
const ROWS_AT_ONCE = 200;

/** Makes the reader of a batch's rows, in the order of its items. */
export function createBatchRows(soar: SoarClient, temporal: WorkflowsView, patience: () => Patience) {
  const batches = new RecentlyUsed<KnownBatch>(MAX_BATCHES, () => 1);
  const runs = new RecentlyUsed<RunsOfChild>(MAX_KEPT_BYTES, jsonBytes);
  const contents = new RecentlyUsed<readonly RowContent[]>(MAX_KEPT_BYTES, jsonBytes);

  return async (seen: SeenWorkflow, { from, limit }: CheckedReadRows, call: CallOptions): Promise<RowsPage> => {
    const batch = await batches.get(`${seen.workflowId} ${seen.firstRunId}`, () => know(temporal, seen));
    const { ready, end } = await extentOf(temporal, batch, seen, from);
    const page = new PageOfRows(from, limit);
    const reader = createResultsReader(soar, patience, call);
    const to = Math.min(from + limit, ready);
    for (let first = from; first < to && !page.isFull; first += ROWS_AT_ONCE) {
      const last = Math.min(first + ROWS_AT_ONCE, to);
      const reading = new Reading(batch, seen, { temporal, reader, runs, contents });
      for (const row of await reading.rows(first, last)) page.take(row);
    }
    return page.answer(end);
  };
}

async function know(temporal: WorkflowsView, { workflowId }: SeenWorkflow): Promise<KnownBatch> {
  const [input] = await temporal.argumentsOf(workflowId);
  const requestFields = isObject(input) ? input['requestFields'] : undefined;
  return { workflowId, requestFields, places: new ChildPlaces(temporal, workflowId) };
}

/** Up to where rows are there, and where they end; `null` while that is not known. */
async function extentOf(
  temporal: WorkflowsView,
  { workflowId, places }: KnownBatch,
  { isRunning }: SeenWorkflow,
  from: number,
): Promise<{ readonly ready: number; readonly end: number | null }> {
  if (isRunning) {
    const asked = checkRowsReady(await temporal.rowsReady(workflowId, from));
    if (!asked.ok) return { ready: 0, end: null };
    await places.learn(asked.value.childrenStarted);
    return { ready: asked.value.ready, end: null };
  }
  const ended = checkBatchResult((await temporal.endOf(workflowId)).result);
  if (ended.ok) await places.learn(ended.value.childrenStarted);
  else await places.learnAll();
  const end = ended.ok ? ended.value.distinct : places.end;
  return { ready: end, end };
}

interface Sources {
  readonly temporal: WorkflowsView;
  readonly reader: ResultsReader;
  readonly runs: RecentlyUsed<RunsOfChild>;
  readonly contents: RecentlyUsed<readonly RowContent[]>;
}

const NEVER_RUN = 'The item was never run: the batch ended before.';
const DELETED = 'Temporal has deleted the workflow that ran the item, or the batch ended before it was run.';

/** Reads some rows together. */
class Reading {
  constructor(
    private readonly batch: KnownBatch,
    private readonly seen: SeenWorkflow,
    private readonly sources: Sources,
  ) {}

  async rows(from: number, to: number): Promise<Row[]> {
    const spots = this.batch.places.spots(from, to);
    const children = await this.#load(new Set([...spots.values()].map(({ child }) => child)));
    const found = [...spots.values()].flatMap((spot) => partAt(children, spot) ?? []);
    const contents = await this.#contents(new Map(found.map(({ key, part }) => [key, part])));
    return Array.from({ length: to - from }, (_, index) => {
      const spot = spots.get(from + index);
      const there = spot && partAt(children, spot);
      const content = there && contents.get(there.key)?.[there.index];
      return { place: from + index, item: there?.item ?? null, ...(content ?? this.#without(spot)) };
    });
  }

  #without(spot: Spot | undefined): RowContent {
    const isKnown = spot !== undefined || this.batch.places.isComplete;
    const nothing = { results: [], actionRunId: null, appRunIds: [] };
    return isKnown
      ? { status: 'cancelled', message: NEVER_RUN, ...nothing }
      : { status: 'gone', message: DELETED, ...nothing };
  }

  async #load(children: ReadonlySet<number>): Promise<ReadonlyMap<number, RunsOfChild>> {
    const { temporal, runs } = this.sources;
    const load = async (child: number): Promise<[number, RunsOfChild]> => {
      const id = `${this.batch.workflowId}/${child}`;
      const read = async (): Promise<RunsOfChild> => {
        const [args, end] = await Promise.all([temporal.argumentsOf(id), temporal.endOf(id)]);
        const given = givenItems(args, this.batch.requestFields);
        const runs = runsOfChild(
          end,
          given.map(({ items }) => items.length),
        );
        return runs.map((parts, run) => parts.map((part) => withItems(part, given[run])));
      };
      return [child, await runs.get(`${id} ${this.seen.firstRunId}`, read)];
    };
    return new Map(await Promise.all([...children].map(load)));
  }

  /** The rows of each part; those that were read before are not read again. */
  async #contents(parts: ReadonlyMap<string, Part>): Promise<ReadonlyMap<string, readonly RowContent[]>> {
    const { contents, reader } = this.sources;
    const keyOf = (part: string): string => `${this.batch.workflowId} ${this.seen.firstRunId} ${part}`;
    const known = new Map([...parts.keys()].map((key) => [key, contents.peek(keyOf(key))]));
    const unknown = [...parts].filter(([key]) => known.get(key) === undefined);
    const all = await reader.read(unknown.map(([, part]) => toRead(part)));
    for (const [at, [key, part]] of unknown.entries()) {
      const read = all[at] ?? { appRuns: [] };
      const rows = contentsOf(part, part.parameters, read);
      known.set(key, rows);
      if (read.problem === undefined) contents.put(keyOf(key), rows);
    }
    return new Map([...known].map(([key, rows]) => [key, rows ?? []]));
  }
}

function withItems(part: ChildRun, { parameters, items }: GivenItems = { parameters: [], items: [] }): Part {
  const own = (list: readonly BatchItem[]): BatchItem[] => part.places.map((place) => list[place] ?? {});
  return { ...part, parameters: own(parameters), items: own(items) };
}

/** The part of a run that has the item, if the run has come to an end. */
function partAt(
  children: ReadonlyMap<number, RunsOfChild>,
  { child, run, at }: Spot,
): { key: string; part: Part; index: number; item: BatchItem | undefined } | undefined {
  for (const [number, part] of (children.get(child)?.[run] ?? []).entries()) {
    const index = part.places.indexOf(at);
    if (index >= 0) return { key: `${child} ${run} ${number}`, part, index, item: part.items[index] };
  }
  return undefined;
}

/** Keeps what was used last, up to a size; what has not been used for longest goes first. */
class RecentlyUsed<T> {
  readonly #kept = new Map<string, { readonly value: T; readonly size: number }>();
  #size = 0;

  constructor(
    private readonly maxSize: number,
    private readonly sizeOf: (value: T) => number,
  ) {}

  peek(key: string): T | undefined {
    const kept = this.#kept.get(key);
    if (!kept) return undefined;
    this.#kept.delete(key);
    this.#kept.set(key, kept);
    return kept.value;
  }

  async get(key: string, make: () => Promise<T>): Promise<T> {
    const known = this.peek(key);
    if (known !== undefined) return known;
    const value = await make();
    this.put(key, value);
    return value;
  }

  put(key: string, value: T): void {
    this.#size -= this.#kept.get(key)?.size ?? 0;
    this.#kept.delete(key);
    const size = this.sizeOf(value);
    this.#kept.set(key, { value, size });
    this.#size += size;
    for (const [oldest, { size: ofOldest }] of this.#kept) {
      if (this.#size <= this.maxSize || this.#kept.size === 1) return;
      this.#kept.delete(oldest);
      this.#size -= ofOldest;
    }
  }
}
