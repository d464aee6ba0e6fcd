import { Readable } from 'node:stream';
import { checkGroupResult, checkRunResult } from '../../contracts/ended-workflows.js';
import type { BatchItem } from '../../contracts/enrich-batch.js';
import { readChildRanges } from '../../contracts/run-action-group.js';
import { REQUEST_FIELDS } from '../../model/batch-item.js';
import { isObject } from '../../model/json.js';
import { fromRanges } from '../../model/ranges.js';
import { summaryOfFailure, summaryOfRun } from '../../model/pack-outcome.js';
import type { RunSummary } from '../../model/pack-outcome.js';
import type { SeenWorkflow, WorkflowEnd, WorkflowsView } from '../wait/await-child.js';

/** Where the row of an item is: in which run of which child, and which of that run's items it is. */
export interface Spot {
  readonly child: number;
  readonly run: number;
  readonly at: number;
}

/** Neighbouring items of one run. */
interface Stretch extends Spot {
  readonly first: number;
  readonly count: number;
}

const AT_ONCE = 10;

/** Which child of a batch has which items, as the children's memos say: each is looked at once. */
export class ChildPlaces {
  readonly #stretches: Stretch[] = [];
  #known = 0;
  /** True while Temporal has all children that were looked at. */
  isComplete = true;

  constructor(
    private readonly temporal: WorkflowsView,
    private readonly workflowId: string,
  ) {}

  /** The place behind the last that a child has. */
  get end(): number {
    return this.#stretches.reduce((most, { first, count }) => Math.max(most, first + count), 0);
  }

  /** Learns of the children below this number. */
  async learn(children: number): Promise<void> {
    const describe = (number: number): Promise<SeenWorkflow | null> =>
      this.temporal.describe(`${this.workflowId}/${number}`);
    let child = this.#known;
    for await (const seen of Readable.from(numbers(this.#known, children)).map(describe, { concurrency: AT_ONCE }))
      this.#take(child++, seen as SeenWorkflow);
    this.#known = Math.max(children, this.#known);
  }

  /** Of a batch that left no word on how many children it had. */
  async learnAll(): Promise<void> {
    for (;;) {
      const seen = await this.temporal.describe(`${this.workflowId}/${this.#known}`);
      if (!seen) return;
      this.#take(this.#known++, seen);
    }
  }

  /** Of an item that was run again, the child with the highest number has the row. */
  spots(from: number, to: number): Map<number, Spot> {
    const spots = new Map<number, Spot>();
    for (const { child, run, at, first, count } of this.#stretches) {
      for (let place = Math.max(first, from); place < Math.min(first + count, to); place += 1) {
        if ((spots.get(place)?.child ?? -1) < child) spots.set(place, { child, run, at: at + place - first });
      }
    }
    return spots;
  }

  /** A child that Temporal has deleted stays unknown, and so does a workflow that has only its id. */
  #take(child: number, seen: SeenWorkflow | null): void {
    const isOurs = seen !== null && seen.isOurs && seen.parentId === this.workflowId;
    if (!isOurs) this.isComplete = false;
    for (const [run, ranges] of readChildRanges(isOurs ? seen.memo : undefined).entries()) {
      let at = 0;
      for (const [first, count] of ranges) {
        this.#stretches.push({ child, run, at, first, count });
        at += count;
      }
    }
  }
}

/** One after the other: a result can say that there are a billion. */
function* numbers(from: number, to: number): Generator<number> {
  for (let number = from; number < to; number += 1) yield number;
}

/** An action_run of a child, or the part of it that was not reused, as far as rows are concerned. */
export interface ChildRun {
  readonly summary: Pick<RunSummary, 'outcome' | 'message' | 'actionRunId' | 'appRunIds'>;
  readonly isReused: boolean;
  /** Its items by their place in the run. */
  readonly places: readonly number[];
  /** Their parameter sets, and the items as the caller gave them. */
  readonly parameters: readonly BatchItem[];
  readonly items: readonly BatchItem[];
}

/** What a child was started with: the parameter sets of each of its runs, and where they run. */
interface GivenRun {
  readonly parameters: readonly BatchItem[];
  readonly target: BatchItem;
}

/** The action_runs of a child that has ended: for each run of its input the parts that it became. */
export function runsOfChild(given: readonly unknown[], end: WorkflowEnd, requestFields: unknown): ChildRun[][] {
  const asked: readonly unknown[] = Array.isArray(requestFields) ? requestFields : [];
  const fields = REQUEST_FIELDS.filter((field) => asked.includes(field));
  const asGiven = ({ target }: GivenRun, parameters: BatchItem): BatchItem => {
    const own = fields.filter((field) => field in target).map((field): [string, unknown] => [field, target[field]]);
    return { ...Object.fromEntries(own), ...parameters };
  };
  return givenRuns(given[0]).map((run, index) =>
    partsOf(end, index, run.parameters.length).map(({ places, ...part }) => {
      const parameters = places.map((place) => run.parameters[place] ?? {});
      return { ...part, places, parameters, items: parameters.map((each) => asGiven(run, each)) };
    }),
  );
}

/** A group has runs; a `runAction` is one, with its target in the request. */
function givenRuns(input: unknown): GivenRun[] {
  if (!isObject(input)) return [];
  if (Array.isArray(input['runs'])) return listIn(input, 'runs').map(readGiven);
  const [first] = listIn(input, 'targets');
  const target = { container_id: input['container_id'], ...(isObject(first) ? first : {}) };
  return [readGiven({ ...target, target })];
}

function readGiven(run: unknown): GivenRun {
  const { target } = isObject(run) ? run : {};
  return { parameters: listIn(run, 'parameters').filter(isObject), target: isObject(target) ? target : {} };
}

function listIn(object: unknown, name: string): unknown[] {
  const list: unknown = isObject(object) ? object[name] : undefined;
  return Array.isArray(list) ? list : [];
}

type Part = Pick<ChildRun, 'summary' | 'isReused' | 'places'>;

/** What became of run `index`: of a group perhaps two parts, one of them reused; nothing where it was handed back. */
function partsOf({ result, failure }: WorkflowEnd, index: number, items: number): Part[] {
  const group = checkGroupResult(result);
  if (group.ok)
    return group.value.runs
      .filter((run) => run.index === index)
      .map((run) => ({ summary: run, isReused: run.reused === true, places: fromRanges(run.items, items) }));
  const run = checkRunResult(result);
  const summary = run.ok ? summaryOfRun(run.value) : summaryOfFailure(failure ?? 'The child has no result.');
  return [{ summary, isReused: false, places: Array.from({ length: items }, (_, place) => place) }];
}
