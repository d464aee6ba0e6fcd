import { Readable } from 'node:stream';
import { readChildRanges } from '../contracts/run-action-group.js';
import type { SeenWorkflow, WorkflowsView } from './workflows-view.js';

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
