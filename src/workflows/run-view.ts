import { setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import { describeRun, initialRunState } from '../model/run-state.js';
import type { RunState } from '../model/run-state.js';
import { cutValue } from '../model/search-attributes.js';
import { KEYS } from './search-attributes.js';

/** What a `runAction` workflow shows of itself: the query's answer, the UI's current details, the search attributes. */
export class RunView {
  readonly state: RunState;
  readonly #containerId: string;
  /** Values by the attribute's name: what is there already is not written into the history again. */
  readonly #published = new Map<string, string | null>();

  constructor(action: string, containerId: string) {
    this.state = initialRunState(action);
    this.#containerId = containerId;
    this.update({});
  }

  /** Takes over what has changed. Costs no history event. */
  update(change: Partial<RunState>): void {
    Object.assign(this.state, change);
    setCurrentDetails(describeRun(this.state));
  }

  /** Publishes to the search attributes, one history event a call: at submission, where a person is asked, at the end. */
  publish(): void {
    const { action, actionRunId, outcome, phase } = this.state;
    const lasting = [
      { key: KEYS.action, value: cutValue(action) },
      { key: KEYS.containerId, value: cutValue(this.#containerId) },
      { key: KEYS.actionRunId, value: actionRunId === null ? null : String(actionRunId) },
    ];
    const fresh = lasting.filter(({ key, value }) => value !== (this.#published.get(key.name) ?? null));
    for (const { key, value } of fresh) this.#published.set(key.name, value);
    upsertSearchAttributes([...fresh, { key: KEYS.state, value: outcome ?? phase }]);
  }
}
