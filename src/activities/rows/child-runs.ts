import type { BatchItem } from '../../contracts/enrich-batch.js';
import { REQUEST_FIELDS } from '../../model/batch-item.js';
import { isObject } from '../../model/json.js';
import { fromRanges } from '../../model/ranges.js';
import type { Ranges } from '../../model/ranges.js';
import { summaryOfFailure, summaryOfRun } from '../../model/run-summary.js';
import type { RunResult, RunSummary } from '../../model/run-summary.js';
import type { WorkflowEnd } from './workflows-view.js';

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

interface GroupResult {
  readonly runs: readonly (RunSummary & { readonly index: number; readonly items: Ranges; readonly reused?: true })[];
}

/** What became of run `index`: of a group perhaps two parts, one of them reused; nothing where it was handed back. */
function partsOf({ result, failure }: WorkflowEnd, index: number, items: number): Part[] {
  const all = Array.from({ length: items }, (_, place) => place);
  if (isGroupResult(result))
    return result.runs
      .filter((run) => run.index === index)
      .map((run) => ({ summary: run, isReused: run.reused === true, places: fromRanges(run.items) }));
  const summary = isRunResult(result) ? summaryOfRun(result) : summaryOfFailure(failure ?? 'The child has no result.');
  return [{ summary, isReused: false, places: all }];
}

function isGroupResult(result: unknown): result is GroupResult {
  return isObject(result) && Array.isArray(result['runs']);
}

function isRunResult(result: unknown): result is RunResult {
  return isObject(result) && typeof result['outcome'] === 'string' && Array.isArray(result['appRuns']);
}
