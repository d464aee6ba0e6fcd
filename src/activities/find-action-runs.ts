import { ApplicationFailure } from '@temporalio/common';
import { FAILURE_TYPES } from '../model/names.js';
import { carriesTag } from '../model/submission-tag.js';
import type { CallOptions } from '../soar/caller.js';
import type { SoarClient } from '../soar/client.js';
import type { ListQuery } from '../soar/query.js';
import { withPulse } from './pulse.js';

type Filters = NonNullable<ListQuery['filters']>;

/** How the runs of a submission are looked up. */
export interface LookUp {
  readonly tag: string;
  /** The tagged name, as it was sent. */
  readonly name: string;
  /** The run that is known and wanted; `null` while none is. */
  readonly keep: number | null;
  /** Other runs that are known already. */
  readonly seen?: readonly number[];
}

/** A run that carries our tag. */
export interface FoundRun {
  readonly id: number;
  readonly status: string;
  /** Where SOAR shows the run. */
  readonly url: string;
}

/** The look-ups by tag: once, and again and again until another run turns up. */
export interface FindActionRuns {
  /** All runs that carry the tag, oldest first. */
  findActionRuns(lookUp: LookUp): Promise<FoundRun[]>;
  /** Waits, by failing benignly for Temporal to retry, until a run is there that is neither kept nor seen. */
  awaitOtherRun(lookUp: LookUp): Promise<FoundRun[]>;
}

export function createFindActionRuns(soar: SoarClient): FindActionRuns {
  return {
    findActionRuns: (lookUp) => withPulse(({ signal }) => findByTag(soar, lookUp, { signal })),
    awaitOtherRun: (lookUp) =>
      withPulse(async ({ signal }) => {
        const found = await findByTag(soar, lookUp, { signal });
        const others = found.filter(({ id }) => id !== lookUp.keep && !lookUp.seen?.includes(id));
        if (others.length > 0) return others;
        const message = `No other action_run carries ${lookUp.tag}.`;
        throw ApplicationFailure.create({ message, type: FAILURE_TYPES.noSurplus, category: 'BENIGN' });
      }),
  };
}

const PAGE_SIZE = 100;
/** In a query a longer name can make the URL longer than SOAR, or a proxy before it, takes: 8,000 bytes is a usual limit. */
const MAX_NAME_BYTES = 2_000;

/**
 * By the exact name, which SOAR documents, and where that finds nothing by the tag alone: a name that SOAR stored
 * differently must not look like a POST that never arrived.
 */
async function findByTag(soar: SoarClient, { tag, name }: LookUp, call: CallOptions): Promise<FoundRun[]> {
  const exact = canBeFiltered(name) ? await listTagged(soar, tag, { name }, call) : [];
  return exact.length > 0 ? exact : listTagged(soar, tag, { name__contains: tag }, call);
}

function canBeFiltered(name: string): boolean {
  return !/["'\\]/.test(name) && encodeURIComponent(JSON.stringify(name)).length <= MAX_NAME_BYTES;
}

/** Newest first, so that a SOAR that ignores the filter still shows a recent submission on its first page. */
async function listTagged(soar: SoarClient, tag: string, filters: Filters, call: CallOptions): Promise<FoundRun[]> {
  const { data } = await soar.listActionRuns({ filters, sort: 'id', order: 'desc', pageSize: PAGE_SIZE }, call);
  return data
    .filter((run) => carriesTag(run.name, tag))
    .map(({ id, status }) => ({ id, status, url: soar.actionRunUrl(id) }))
    .sort((a, b) => a.id - b.id);
}
