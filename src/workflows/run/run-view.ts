import { setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import type { RunActionResult } from '../../contracts/run-action.js';
import { describeRun, initialRunState } from '../../model/run-state.js';
import type { RunState } from '../../model/run-state.js';
import { cutValue, KEYS } from '../../model/search-attributes.js';
import type { NoteProblem } from '../calls/persist.js';

/** What can go wrong at the same time as something else. */
export type ProblemSource = 'submit' | 'lookUp' | 'poll' | 'cancel' | 'results';

/** What a `runAction` workflow shows of itself: the query's answer, the UI's current details, the search attributes. */
export class RunView {
  readonly state: RunState;
  /** `null` until the end. */
  result: RunActionResult | null = null;
  readonly #containerId: string | null;
  /** Values by the attribute's name: what is there already is not written into the history again. */
  readonly #published = new Map<string, string | null>();
  readonly #problems = new Map<ProblemSource, RunState['problem']>();

  /** @param containerId `null` if the request has none */
  constructor(action: string, containerId: string | null) {
    this.state = initialRunState(action);
    this.#containerId = containerId;
    this.update({});
  }

  /** Takes over what has changed. Costs no history event. */
  update(change: Partial<RunState>): void {
    Object.assign(this.state, change);
    setCurrentDetails(describeRun(this.state));
  }

  /** Takes over what is wrong now, or that it is over, and publishes a change of it. */
  noteProblem(source: ProblemSource, problem: Parameters<NoteProblem>[0]): void {
    const known = this.#problems.get(source);
    if (problem) {
      const { code, message, attempts } = problem;
      const sinceTime = known?.sinceTime ?? new Date().toISOString();
      this.#problems.set(source, { code, message, sinceTime, attempts });
    } else if (!this.#problems.delete(source)) return;
    const [current = null] = [...this.#problems.values()].reverse();
    const isNews = current?.code !== this.state.problem?.code;
    this.update({ problem: current });
    if (isNews) this.publish();
  }

  /** {@link noteProblem} for one source. */
  noteProblemOf(source: ProblemSource): NoteProblem {
    return (problem) => {
      this.noteProblem(source, problem);
    };
  }

  /** Publishes to the search attributes, one history event a call: at submission, when a person is asked, at the end. */
  publish(): void {
    const { action, actionRunId, outcome, phase, problem } = this.state;
    const values = [
      { key: KEYS.action, value: cutValue(action) },
      { key: KEYS.containerId, value: this.#containerId && cutValue(this.#containerId) },
      { key: KEYS.actionRunId, value: actionRunId === null ? null : String(actionRunId) },
      { key: KEYS.problem, value: problem && cutValue(problem.code) },
      { key: KEYS.state, value: outcome ?? phase },
      { key: KEYS.outcome, value: outcome },
    ];
    const fresh = values.filter(({ key, value }) => value !== (this.#published.get(key.name) ?? null));
    for (const { key, value } of fresh) this.#published.set(key.name, value);
    if (fresh.length > 0) upsertSearchAttributes(fresh);
  }
}
