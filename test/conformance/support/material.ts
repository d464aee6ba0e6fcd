import type { Soar } from './soar.js';
import { idsOf, objectOf } from './read-json.js';

/** The `notification_type` of an approval's detail. */
export type NotificationType = 'approvals' | 'prompts' | 'manual tasks' | 'action reviews';

/** What there is to read on the SOAR under test. */
export interface Material {
  /** A run that has ended and has an app_run with a result. */
  readonly endedRun: number;
  /** Three runs, in the order of their ids. */
  readonly runs: readonly number[];
  readonly appRun: number;
  readonly approval: number;
  /** An approval whose detail has this notification type. Throws an Error where that SOAR has none. */
  readonly approvalWith: (type: NotificationType) => number;
  /** A request of the pages, with the ids that exist on the documentation's own system replaced where they may not be sent. */
  readonly adapted: (request: unknown) => unknown;
}

const MAX_DETAILS = 30;
const NOTHING_THERE = 'the suite needs one to read, so run some actions and ask for some approvals first';

/** Finds the material on a SOAR that is not ours. Reads only. */
export async function findMaterial(soar: Soar): Promise<Material> {
  const appRun = await newest(soar, 'app_run', '&_filter_status="success"&_filter_action_run__status="success"');
  const { action_run: endedRun, container } = objectOf((await soar.get(`/rest/app_run/${appRun}`)).json);
  const runs = idsOf((await soar.get('/rest/action_run?page_size=3&sort=id&order=desc')).json).reverse();
  if (runs.length < 3) throw new Error(`this SOAR has fewer than three action_runs; ${NOTHING_THERE}`);
  const approval = await newest(soar, 'approval');
  const byType = await findDetails(soar);
  return {
    endedRun: Number(endedRun),
    runs,
    appRun,
    approval,
    approvalWith: (type) => {
      const id = byType.get(type);
      if (id === undefined) throw new Error(`none of the newest approvals is one of the ${type}; ${NOTHING_THERE}`);
      return id;
    },
    adapted: (request) => harmless(objectOf(request), container),
  };
}

/** An `app_id` that is none cannot run anywhere: SOAR answers as to any other run, and fails it later. */
function harmless(request: Record<string, unknown>, container: unknown): unknown {
  const targets = [request['targets']].flat().map((target) => ({ ...objectOf(target), app_id: 'conformance-suite' }));
  return { ...request, container_id: container, targets };
}

async function newest(soar: Soar, resource: string, filter = ''): Promise<number> {
  const answer = await soar.get(`/rest/${resource}?page_size=1&sort=id&order=desc${filter}`);
  const [id] = idsOf(answer.json);
  if (id === undefined) throw new Error(`this SOAR has no ${resource}; ${NOTHING_THERE}`);
  return id;
}

async function findDetails(soar: Soar): Promise<Map<unknown, number>> {
  const list = await soar.get(`/rest/approval?page_size=${MAX_DETAILS}&sort=id&order=desc`);
  const found = new Map<unknown, number>();
  for (const id of idsOf(list.json)) {
    const detail = await soar.get(`/rest/approval/${id}/detail_summary_view`);
    found.set(objectOf(detail.json)['notification_type'], id);
  }
  return found;
}
