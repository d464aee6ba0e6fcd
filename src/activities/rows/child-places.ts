import { Readable } from 'node:stream';
import { readChildRanges } from '../../contracts/run-action-group.js';
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
    const numbers = Array.from({ length: Math.max(children - this.#known, 0) }, (_, index) => this.#known + index);
    const describe = (number: number): Promise<SeenWorkflow | null> =>
      this.temporal.describe(`${this.workflowId}/${number}`);
    let child = this.#known;
    for await (const seen of Readable.from(numbers).map(describe, { concurrency: AT_ONCE }))
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

  /** A child that Temporal has deleted stays unknown. */
  #take(child: number, seen: SeenWorkflow | null): void {
    if (!seen) this.isComplete = false;
    for (const [run, ranges] of readChildRanges(seen?.memo).entries()) {
      let at = 0;
      for (const [first, count] of ranges) {
        this.#stretches.push({ child, run, at, first, count });
        at += count;
      }
    }
  }
}
