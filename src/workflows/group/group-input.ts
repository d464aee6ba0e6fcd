import type { RunActionGroupInput } from '../../contracts/run-action-group.js';
import { isObject } from '../../model/json.js';
import { MAX_TIMEOUT_SECS } from '../../model/options.js';
import { RUNS_PER_GROUP } from '../batch/queue.js';
import { requireFields, requireInput, requireOwnParent } from '../input.js';
import type { Rules } from '../input.js';
import { isText, orNull } from '../shapes.js';

/**
 * Refuses a group that no batch of ours has started, or that is not as a batch starts it. Any workflow can name its child like
 * ours, so what SOAR would not get to see is checked here; the request itself is checked before it is sent.
 */
export function requireGroup(input: RunActionGroupInput): void {
  requireOwnParent('runActionGroup');
  requireInput('input', input, 'as a batch gives it');
  requireFields(input, GROUP);
}

const GROUP: Rules<RunActionGroupInput> = {
  request: [isRequest, 'must be a request with an action, a container and one target'],
  runs: [areRuns, `must be a list of 1 to ${RUNS_PER_GROUP} runs, each with target and parameters`],
  options: [areOptions, `must be options; timeoutSecs must be 1 to ${MAX_TIMEOUT_SECS}`],
  reuseWithinSecs: [orNull(isNumber), 'must be null or a number of seconds'],
  origin: [orNull(isText), 'must be null or the address of a SOAR'],
};

function isNumber(value: unknown): value is number {
  return typeof value === 'number';
}

function isRequest(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { action, container_id, targets } = value;
  if (!isText(action) || !(isText(container_id) || isNumber(container_id))) return false;
  return Array.isArray(targets) && targets.length === 1 && targets.every(isObject);
}

function areRuns(value: unknown): boolean {
  if (!Array.isArray(value) || value.length === 0 || value.length > RUNS_PER_GROUP) return false;
  return value.every(
    (run: unknown) =>
      isObject(run) &&
      isObject(run['target']) &&
      Array.isArray(run['parameters']) &&
      run['parameters'].length > 0 &&
      run['parameters'].every(isObject),
  );
}

function areOptions(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { timeoutSecs = 1 } = value;
  return isNumber(timeoutSecs) && timeoutSecs >= 1 && timeoutSecs <= MAX_TIMEOUT_SECS;
}
