import { REQUEST_FIELDS } from '../model/batch/batch-item.js';
import type { BatchItem } from '../model/batch/batch-item.js';
import { isObject } from '../model/json.js';

/** The items of a run that a child of a batch was given. */
export interface GivenItems {
  /** Their parameter sets. */
  readonly parameters: readonly BatchItem[];
  /** As the caller gave them. */
  readonly items: readonly BatchItem[];
}

/** For each run of a child's arguments its items. @param requestFields of the batch, as anybody gave them */
export function givenItems(args: readonly unknown[], requestFields: unknown): GivenItems[] {
  const asked: readonly unknown[] = Array.isArray(requestFields) ? requestFields : [];
  const fields = REQUEST_FIELDS.filter((field) => asked.includes(field));
  return givenRuns(args[0]).map(({ parameters, target }) => {
    const own = Object.fromEntries(fields.filter((field) => field in target).map((field) => [field, target[field]]));
    return { parameters, items: parameters.map((each) => ({ ...own, ...each })) };
  });
}

interface GivenRun {
  readonly parameters: readonly BatchItem[];
  readonly target: BatchItem;
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
