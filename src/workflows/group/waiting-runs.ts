import type { MovedRun, WaitInput } from '../../activities/index.js';
import { groupedTag, markOf } from '../../model/submission-tag.js';

/** A run that SOAR has. */
interface SubmittedRun {
  /** Its place among the runs that were submitted. */
  readonly at: number;
  /** Its place in the group, which stands in its name behind the group's tag. */
  readonly index: number;
  readonly sinceMs: number;
}

/** The runs of a group that have not ended, by the numbers that SOAR has for them now. */
export class WaitingRuns {
  readonly #runs = new Map<number, SubmittedRun>();

  /** @param tag the group's */
  constructor(private readonly tag: string) {}

  get size(): number {
    return this.#runs.size;
  }

  get ids(): number[] {
    return [...this.#runs.keys()];
  }

  /** When SOAR took the first of them. */
  get firstSinceMs(): number {
    return Math.min(...[...this.#runs.values()].map(({ sinceMs }) => sinceMs));
  }

  add(actionRunId: number, run: SubmittedRun): void {
    this.#runs.set(actionRunId, run);
  }

  get(actionRunId: number): SubmittedRun | undefined {
    return this.#runs.get(actionRunId);
  }

  take(actionRunId: number): SubmittedRun | undefined {
    const run = this.#runs.get(actionRunId);
    this.#runs.delete(actionRunId);
    return run;
  }

  /** SOAR has the run under another number now. */
  move({ from, to }: MovedRun): void {
    const run = this.take(from);
    if (run) this.add(to, run);
  }

  /** What its name has in it, and no other run's has. */
  markOf(actionRunId: number): string {
    return markOf(groupedTag(this.tag, this.#runs.get(actionRunId)?.index ?? 0));
  }

  /** All of them, as they are looked at. */
  lookedAt(): Pick<WaitInput, 'actionRunIds' | 'mark' | 'indices'> {
    const indices = [...this.#runs.values()].map(({ index }) => index);
    return { actionRunIds: this.ids, mark: this.tag, indices };
  }
}
