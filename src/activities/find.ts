import type { ActionRunSummary, RunActionRequest } from '../contracts/run-action.js';
import type { ActionRun } from '../contracts/soar.js';
import { meaningOf } from '../model/error-codes.js';
import { jsonBytes } from '../model/json.js';
import { FAILURE_TYPES } from '../model/names.js';
import { changesSomething } from '../model/options.js';
import type { ApprovalNotice } from '../model/run-state.js';
import { carriesTag, indexInGroup } from '../model/submission-tag.js';
import { cut } from '../model/text.js';
import { whyOtherRun } from '../model/wanted-run.js';
import type { WantedRun } from '../model/wanted-run.js';
import { OPTIONAL_LOOK_UP_MS } from '../model/timeouts-and-intervals.js';
import type { CallOptions } from '../soar/caller.js';
import type { SoarClient } from '../soar/client.js';
import { saysNotFound, SoarError } from '../soar/soar-error.js';
import { readAllPages } from '../soar/paging.js';
import type { ListQuery } from '../soar/query.js';
import { notYet } from './failures.js';
import { sinceScheduledMs, withHeartbeat } from './heartbeat.js';
import { getOurRun, isOtherRun, requireSameSoar } from '../soar/our-run.js';
import type { KnownRun } from '../soar/our-run.js';

/** How the runs of a submission are looked up. */
export interface LookUp {
  readonly tag: string;
  /** The tagged name, as it was sent. */
  readonly name: string;
  /** The run that is known and wanted; `null` while none is. */
  readonly keep: number | null;
  /** Other runs that are known already. */
  readonly seen?: readonly number[];
  /** Address of the SOAR that may have them. */
  readonly origin: string | null;
  /** What was submitted; absent if only the tag is known. */
  readonly wanted?: WantedRun;
}

/** A run that carries our tag. */
export interface FoundRun {
  readonly id: number;
  readonly status: string;
  /** Where SOAR shows the run. */
  readonly url: string | null;
  /** Why it cannot be what was submitted, although it carries the tag: anybody can give a run a name. */
  readonly unlike?: string;
}

/** All runs that carry the tag, oldest first. */
export function findActionRuns(soar: SoarClient, lookUp: LookUp): Promise<FoundRun[]> {
  return withHeartbeat(({ signal }) => findByTag(soar, lookUp, { signal }));
}

/** Waits, by failing benignly for Temporal to retry, until a run is there that is neither kept nor seen. */
export function awaitOtherRun(soar: SoarClient, lookUp: LookUp): Promise<FoundRun[]> {
  return withHeartbeat(async ({ signal }) => {
    const found = await findByTag(soar, lookUp, { signal });
    const others = found.filter(({ id, unlike }) => !unlike && id !== lookUp.keep && !lookUp.seen?.includes(id));
    // While SOAR does not show the run that is kept, one of the others may be it, under another number.
    const isKept = lookUp.keep === null || found.some(({ id }) => id === lookUp.keep);
    if (isKept && others.length > 0) return others;
    throw notYet(`No other action_run carries ${lookUp.tag}.`, { type: FAILURE_TYPES.noSurplus });
  });
}

const PAGE_SIZE = 100;
/** In a query a longer name can make the URL longer than SOAR, or a proxy before it, takes: 8,000 bytes is a usual limit. */
const MAX_NAME_BYTES = 2_000;

/**
 * By the exact name, which SOAR documents, and if that finds nothing, by the tag alone: a name that SOAR stored
 * differently must not look like a POST that never arrived.
 */
async function findByTag(soar: SoarClient, lookUp: LookUp, call: CallOptions): Promise<FoundRun[]> {
  const { tag, name, origin, wanted } = lookUp;
  requireSameSoar(soar, origin);
  const exact = canBeFiltered(name) ? await listTagged(soar, tag, { name }, call) : [];
  const tagged = exact.length > 0 ? exact : await listTagged(soar, tag, { name__contains: tag }, call);
  return tagged.map((run) => {
    const unlike = wanted && whyOtherRun(wanted, run);
    const url = soar.actionRunPage(run.container, run.id);
    return { id: run.id, status: run.status, url, ...(unlike ? { unlike } : {}) };
  });
}

function canBeFiltered(name: string): boolean {
  return !/["'\\]/.test(name) && encodeURIComponent(JSON.stringify(name)).length <= MAX_NAME_BYTES;
}

type Filters = NonNullable<ListQuery['filters']>;

/** Newest first, so that a SOAR that ignores the filter still shows a recent submission on its first page. */
export async function listTagged(
  soar: SoarClient,
  tag: string,
  filters: Filters,
  call: CallOptions,
): Promise<ActionRun[]> {
  const data = await listNewest(soar, filters, PAGE_SIZE, call);
  return data.filter((run) => carriesTag(run.name, tag)).sort((a, b) => a.id - b.id);
}

export async function listNewest(
  soar: SoarClient,
  filters: Filters,
  pageSize: number,
  call: CallOptions,
): Promise<ActionRun[]> {
  return (await soar.listActionRuns({ filters, sort: 'id', order: 'desc', pageSize }, call)).data;
}

/** A run of a group that SOAR has. */
export interface FoundGroupRun {
  /** Its place in the group. */
  readonly index: number;
  readonly actionRunId: number;
  readonly action: string | null;
  readonly container: number | null;
}

/** A group has one page of runs; a SOAR that ignores the filter is not read to its end. */
const GROUP_PAGING = { pageSize: 100, maxPages: 3, maxPasses: 1 } as const;

/** The action_runs that carry the tag of a group, oldest first. One that is missing here is looked up by its own name later. */
export function findGroupRuns(
  soar: SoarClient,
  { tag, origin }: Pick<LookUp, 'tag' | 'origin'>,
): Promise<FoundGroupRun[]> {
  return withHeartbeat(async ({ signal }) => {
    requireSameSoar(soar, origin);
    const query = { filters: { name__contains: `[${tag}/` }, sort: 'id', order: 'desc' } as const;
    const page = (of: { page: number; pageSize: number }) => soar.listActionRuns({ ...query, ...of }, { signal });
    const { rows } = await readAllPages(page, { ...GROUP_PAGING, key: ({ id }) => String(id) });
    return rows
      .flatMap(({ id, name, action = null, container = null }) => {
        const index = indexInGroup(name, tag);
        return index === undefined
          ? []
          : [{ index, actionRunId: id, action: action?.slice(0, 200) ?? null, container }];
      })
      .sort((a, b) => a.actionRunId - b.actionRunId);
  });
}

/** A run that is looked at by its number. */
export interface LookAt {
  readonly actionRunId: number;
  /** It counts only if its name has this tag; `null` if a person adopts it, or one of a group is looked for. */
  readonly tag: string | null;
  readonly origin: string | null;
  /** What it must be. */
  readonly wanted?: WantedRun;
}

/** What is told of a run that may be anybody's: nothing that it was given, and nothing that it brought. */
export interface SeenRun extends Pick<ActionRun, 'id' | 'status' | 'cancelled' | 'name'> {
  /** Why it cannot be what is wanted. */
  readonly unlike?: string;
}

/** One look at a run, whatever its status; `null` if SOAR does not know it, or has another under this number. */
export function lookAtActionRun(
  soar: SoarClient,
  { actionRunId, tag, origin, wanted }: LookAt,
): Promise<SeenRun | null> {
  return withHeartbeat(async ({ signal }) => {
    requireSameSoar(soar, origin);
    try {
      const run = await soar.getActionRun(actionRunId, { signal });
      if (tag !== null && !carriesTag(run.name, tag)) return null;
      const { id, status, cancelled, name } = run;
      const unlike = wanted && whyOtherRun(wanted, run);
      return { id, status: cut(status, 100), cancelled, name: name && short(name), ...(unlike ? { unlike } : {}) };
    } catch (error) {
      if (saysNotFound(error)) return null;
      throw error;
    }
  });
}

export const MAX_MESSAGE_CHARACTERS = 8_192;
const MAX_TARGETS_BYTES = 64 * 1024;
const MAX_OTHER_BYTES = 64 * 1024;

/**
 * An action_run small enough for a workflow's history. `targets` repeats every parameter set of a large request and is
 * left out if it is large; so is everything SOAR adds, should it ever be.
 */
export function summarizeActionRun(run: ActionRun): ActionRunSummary {
  const { targets, ...others } = run;
  const message = cut(run.message, MAX_MESSAGE_CHARACTERS);
  const { id, status, cancelled, action, container, name } = run;
  const short = (text: string): string => text.slice(0, MAX_MESSAGE_CHARACTERS);
  const isLarge = jsonBytes({ ...others, message: '' }) > MAX_OTHER_BYTES;
  const least = { id, status: short(status), message, cancelled: cancelled && short(cancelled), container };
  const named = { ...least, action: action && action.slice(0, 200), name: name && short(name) };
  const summary = isLarge ? named : { ...others, message };
  if (targets === undefined || targets === null) return summary;
  return jsonBytes(targets) > MAX_TARGETS_BYTES ? { ...summary, targetsOmitted: true } : { ...summary, targets };
}

/**
 * What kind of action a request without `type` runs (`investigate`, `contain`, …), as the installed apps declare it;
 * `null` if SOAR does not say, or does not let us look. Of several apps the most dangerous answer counts.
 */
export function findActionType(
  soar: SoarClient,
  { request }: { readonly request: Pick<RunActionRequest, 'action'> },
): Promise<{ readonly type: string | null }> {
  return withHeartbeat(async ({ signal }) => {
    try {
      const query = { filters: { action: request.action }, pageSize: PAGE_SIZE };
      const { data } = await soar.listAppActions(query, { signal });
      const types = data.filter(({ action }) => action === request.action).flatMap(({ type }) => type ?? []);
      return { type: types.find(changesSomething) ?? types[0] ?? null };
    } catch (error) {
      if (isDeniedForGood(error)) return { type: null };
      throw error;
    }
  });
}

/** True if SOAR has denied for a while what can be done without. */
export function isDeniedForGood(error: unknown): boolean {
  return (
    error instanceof SoarError && meaningOf(error.code).denied === true && sinceScheduledMs() >= OPTIONAL_LOOK_UP_MS
  );
}

/** More approvals than one run ever has at a time. */
const APPROVALS_PAGE = 50;
const MAX_FIELD_CHARACTERS = 200;

/** The approvals of a run: who was asked, and what became of it; `null` if SOAR does not tell. */
export function fetchApprovals(soar: SoarClient, run: KnownRun): Promise<ApprovalNotice[] | null> {
  return withHeartbeat(async ({ signal }) => {
    try {
      requireSameSoar(soar, run.origin);
      const approvals = await listApprovals(soar, run.actionRunId, { signal });
      if (approvals.length > 0) await getOurRun(soar, run, { signal });
      return approvals;
    } catch (error) {
      if (isOtherRun(error) || isDeniedForGood(error)) return null;
      throw error;
    }
  });
}

/** The approvals of a run, reduced to what may be shown. The asset's configuration never leaves the SOAR client. */
export async function listApprovals(
  soar: SoarClient,
  actionRunId: number,
  call: CallOptions,
): Promise<ApprovalNotice[]> {
  const query = { filters: { action_run: actionRunId }, pageSize: APPROVALS_PAGE };
  const { data } = await soar.listApprovals(query, call);
  // Each is looked at by itself, so an answer with more than was asked for is cut.
  const ofThisRun = data.filter((approval) => approval.action_run === actionRunId).slice(0, APPROVALS_PAGE);
  return Promise.all(
    ofThisRun.map(async ({ id, status, type, owner, owner_type, due_time }) => ({
      id,
      status: short(status),
      type: short(type ?? 'unknown'),
      owner: short((await ownerName(soar, id, call)) ?? String(owner ?? 'nobody')),
      ownerType: owner_type ? short(owner_type) : null,
      dueTime: due_time ? short(due_time) : null,
    })),
  );
}

function short(text: string): string {
  return text.slice(0, MAX_FIELD_CHARACTERS);
}

/** The detail view knows the owner's name; the list only an id. Nice to have, so any error means: no name. */
async function ownerName(soar: SoarClient, approvalId: number, call: CallOptions): Promise<string | undefined> {
  const detail = await soar.getApprovalDetail(approvalId, call).catch(() => undefined);
  return detail?.owner ?? undefined;
}
