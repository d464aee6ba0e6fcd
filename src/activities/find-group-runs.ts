import { indexInGroup } from '../model/grouped-run.js';
import type { SoarClient } from '../soar/client.js';
import { readAllPages } from '../soar/paging.js';
import { withPulse } from './pulse.js';

/** A run of the group that SOAR has. */
export interface FoundGroupRun {
  /** Its place in the group. */
  readonly index: number;
  readonly actionRunId: number;
}

/** A group has one page of runs; a SOAR that ignores the filter is not read to its end. */
const PAGING = { pageSize: 100, maxPages: 3, maxPasses: 1 } as const;

/** The action_runs that carry the tag of a group, oldest first. One that is missing here is looked up by its own name later. */
export function createFindGroupRuns(soar: SoarClient): (input: { tag: string }) => Promise<FoundGroupRun[]> {
  return ({ tag }) =>
    withPulse(async ({ signal }) => {
      const query = { filters: { name__contains: `[${tag}/` }, sort: 'id', order: 'desc' } as const;
      const page = (of: { page: number; pageSize: number }) => soar.listActionRuns({ ...query, ...of }, { signal });
      const { rows } = await readAllPages(page, { ...PAGING, key: ({ id }) => String(id) });
      return rows
        .flatMap(({ id, name }) => {
          const index = indexInGroup(name, tag);
          return index === undefined ? [] : [{ index, actionRunId: id }];
        })
        .sort((a, b) => a.actionRunId - b.actionRunId);
    });
}
