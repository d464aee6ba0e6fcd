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

/** True if an earlier execution may have submitted under the same tag: after a reset and in a workflow retry. */
export function mayHaveBeenSubmitted(execution: ExecutionIdentity): boolean {
  return execution.attempt > 1 || execution.runId !== execution.originalExecutionRunId;
}

/** SOAR may keep so many characters of a name, and the tag must be among them. */
const KEPT_CHARACTERS = 100;

/**
 * The name a run gets in SOAR: the caller's own, readable, and the tag behind it; before a name that is so long that SOAR might cut
 * the tag off. Takes anything: a workflow may have to look a request up before an activity has had the chance to refuse it.
 */
export function taggedName(name: unknown, tag: string): string {
  const [given, mark] = [textOr(name, 'unnamed').trim(), markOf(tag)];
  const own = looksTagged(given) ? 'unnamed' : given;
  return own.length + mark.length < KEPT_CHARACTERS ? `${own} ${mark}` : `${mark} ${own}`;
}

/** What tells a run from all others: this text in its name. Of a run that a person has adopted, it is the whole name. */
export function markOf(tag: string): string {
  return `[${tag}]`;
}

const FEWEST_CUT_CHARACTERS = `[${PREFIX}:`.length + 8;

/**
 * True if a run with this name is the one with the mark: the number of a run says nothing, because a SOAR that comes back from a
 * backup gives it to another. A name that SOAR has cut off may end within the mark. Only an absent name is no word against it.
 */
export function isMarked(name: string | null | undefined, mark: string): boolean {
  if (!name || name.includes(mark)) return true;
  const end = name.slice(Math.max(0, name.lastIndexOf(`[${PREFIX}:`)));
  return end.length >= FEWEST_CUT_CHARACTERS && mark.startsWith(end);
}

/** True when `name` carries `tag`: SOAR ignores parameters it does not know, so a filtered list is checked again here. */
export function carriesTag(name: string | null | undefined, tag: string): boolean {
  return name?.includes(markOf(tag)) ?? false;
}

const TAG = `${PREFIX}:[0-9a-f-]{36}(?:/\\d{1,6})?`;
const TAG_IN_NAME = new RegExp(`\\[(${TAG})\\]`);
const WHOLE_TAG = new RegExp(`^${TAG}$`);

/** The whole tag in a run's name; undefined if there is none, or only its beginning. */
export function tagIn(name: string | null | undefined): string | undefined {
  return TAG_IN_NAME.exec(name ?? '')?.[1];
}

/** What tells the run with this name from all others: our tag in it, or the whole name. */
export function markOfName(name: string | null | undefined): string {
  const tag = tagIn(name);
  return tag === undefined ? (name ?? '') : markOf(tag);
}

/**
 * True if a name that a caller gives a run could be read as having a tag, whole or cut off: by it somebody else's run would be found.
 * SOAR may change how a name is written, so what looks like a tag counts as one.
 */
export function looksTagged(name: string): boolean {
  const plain = name
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^a-z\d:[-]/g, '');
  return plain.includes(`[${PREFIX}:`);
}

/** The run of a workflow that made the tag, as Temporal counts runs. */
export function runIdIn(tag: string): string {
  return tag.slice(PREFIX.length + 1, PREFIX.length + 37);
}

/** The tag in a mark; undefined if the mark is the whole name of a run that a person has adopted. */
export function tagOfMark(mark: string): string | undefined {
  const tag = mark.slice(1, -1);
  return mark === markOf(tag) && isTag(tag) ? tag : undefined;
}

/** True for a whole tag of ours: by anything less somebody else's run could be found. */
export function isTag(value: unknown): value is string {
  return typeof value === 'string' && WHOLE_TAG.test(value);
}

/** The tag of run `index` of a group: its own, and recognisable as the group's. */
export function groupedTag(groupTag: string, index: number): string {
  return `${groupTag}/${index}`;
}

/** The place in its group of a run with this name; undefined if the name is not of this group. */
export function indexInGroup(name: string | null | undefined, groupTag: string): number | undefined {
  const start = name?.lastIndexOf(`[${groupTag}/`) ?? -1;
  const [, digits] = start < 0 ? [] : (/^(\d{1,6})\]/.exec(name?.slice(start + groupTag.length + 2) ?? '') ?? []);
  return digits === undefined ? undefined : Number(digits);
}

/** A submission that somebody else began and that a `runAction` is to see through. */
export interface Begun {
  /** The tag in the action_run's name. */
  readonly tag: string;
  /** The action_run, if it is known; otherwise the POST may or may not have arrived. */
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
