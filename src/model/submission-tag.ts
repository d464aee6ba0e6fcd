import type { BatchItem } from './batch-item.js';
import { isRecordId, isObject } from './json.js';
import { textOr } from './text.js';

/**
 * SOAR has no idempotency key and only `name` is ours to set, so a unique tag in the name is how a run is found again
 * after a POST whose answer was lost.
 */

const PREFIX = 'soar-runner';

/** What a workflow knows of its own execution; the names are Temporal's. */
export interface ExecutionIdentity {
  readonly runId: string;
  readonly originalExecutionRunId: string;
  readonly firstExecutionRunId: string;
  readonly attempt: number;
  readonly cronSchedule?: string;
  /** The run before this one, of a retry or a cron schedule. */
  readonly continuedFromExecutionRunId?: string;
}

/**
 * The tag of a workflow's submission: `soar-runner:<run id>`.
 *
 * `originalExecutionRunId` survives a reset. A workflow retry gets a new one, but is the same request, so it goes by the
 * first attempt's; the runs of a cron schedule are different requests, and the first retry of one goes by the run before it.
 */
export function submissionTag(execution: ExecutionIdentity): string {
  const { attempt, cronSchedule, originalExecutionRunId, firstExecutionRunId, continuedFromExecutionRunId } = execution;
  if (attempt > 1 && cronSchedule === undefined) return `${PREFIX}:${firstExecutionRunId}`;
  return `${PREFIX}:${(attempt === 2 ? continuedFromExecutionRunId : undefined) ?? originalExecutionRunId}`;
}

/** True where an earlier execution may have submitted under the same tag: after a reset and in a workflow retry. */
export function mayHaveBeenSubmitted(execution: ExecutionIdentity): boolean {
  return execution.attempt > 1 || execution.runId !== execution.originalExecutionRunId;
}

/**
 * The name a run gets in SOAR: the caller's own, readable, and the tag behind it. Takes anything: a workflow may have to
 * look a request up before an activity has had the chance to refuse it.
 */
export function taggedName(name: unknown, tag: string): string {
  return `${textOr(name, 'unnamed').trim()} [${tag}]`;
}

/** True when `name` carries `tag`: SOAR ignores parameters it does not know, so a filtered list is checked again here. */
export function carriesTag(name: string | null | undefined, tag: string): boolean {
  return name?.includes(`[${tag}]`) ?? false;
}

/** A request as far as its place and its parameters are concerned. */
interface Targeted {
  readonly targets: readonly object[];
}

/** The request of one action_run of a batch: the batch's own, with what its items say of where it runs. */
export function requestOf<T extends Targeted>(request: T, target: BatchItem, parameters: readonly BatchItem[]): T {
  const { container_id, ...ofTarget } = target;
  const targets = request.targets.map((given) => ({ ...given, ...ofTarget, parameters: [...parameters] }));
  return { ...request, ...(container_id === undefined ? {} : { container_id }), targets };
}

const TAG = `${PREFIX}:[0-9a-f-]{36}(?:/\\d{1,6})?`;
const TAG_IN_NAME = new RegExp(`\\[(${TAG})\\]`);
const WHOLE_TAG = new RegExp(`^${TAG}$`);

/** The whole tag in a run's name; undefined where there is none, or only its beginning. */
export function tagIn(name: string | null | undefined): string | undefined {
  return TAG_IN_NAME.exec(name ?? '')?.[1];
}

/** True for a whole tag of ours: by anything less somebody else's run could be found. */
export function isTag(value: unknown): value is string {
  return typeof value === 'string' && WHOLE_TAG.test(value);
}

/** The tag of run `index` of a group: its own, and recognisable as the group's. */
export function groupedTag(groupTag: string, index: number): string {
  return `${groupTag}/${index}`;
}

/** The place in its group of a run with this name; undefined where the name is not of this group. */
export function indexInGroup(name: string | null | undefined, groupTag: string): number | undefined {
  const start = name?.lastIndexOf(`[${groupTag}/`) ?? -1;
  const [, digits] = start < 0 ? [] : (/^(\d{1,6})\]/.exec(name?.slice(start + groupTag.length + 2) ?? '') ?? []);
  return digits === undefined ? undefined : Number(digits);
}

/** A submission that somebody else began and that a `runAction` is to see through. */
export interface Begun {
  /** The tag in the action_run's name. */
  readonly tag: string;
  /** The action_run, where it is known; otherwise the POST may or may not have arrived. */
  readonly actionRunId: number | null;
  /** When SOAR took the action, or at the earliest could have. */
  readonly sinceMs: number;
}

/** Reads a {@link Begun} of any shape: what is not wholly one counts as none. */
export function readBegun(value: unknown): Begun | undefined {
  const { tag, actionRunId = null, sinceMs } = isObject(value) ? value : {};
  if (!isTag(tag) || !(actionRunId === null || isRecordId(actionRunId))) return undefined;
  return typeof sinceMs === 'number' && sinceMs >= 0 ? { tag, actionRunId, sinceMs } : undefined;
}
