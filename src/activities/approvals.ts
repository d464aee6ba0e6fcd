import type { ApprovalNotice } from '../model/run-state.js';
import type { CallOptions } from '../soar/caller.js';
import type { SoarClient } from '../soar/client.js';

/** More approvals than one run ever has at a time. */
const PAGE_SIZE = 50;
const MAX_FIELD_CHARACTERS = 200;

/** The approvals of a run, reduced to what may be shown. The asset's configuration never leaves the SOAR client. */
export async function listApprovals(
  soar: SoarClient,
  actionRunId: number,
  call: CallOptions,
): Promise<ApprovalNotice[]> {
  const query = { filters: { action_run: actionRunId }, pageSize: PAGE_SIZE };
  const { data } = await soar.listApprovals(query, call);
  const ofThisRun = data.filter((approval) => approval.action_run === actionRunId);
  return Promise.all(
    ofThisRun.map(async ({ id, status, type, owner, owner_type, due_time }) => ({
      id,
      status: short(status),
      type: short(type ?? 'unknown'),
      owner: short((await displayName(soar, id, call)) ?? String(owner ?? 'nobody')),
      ownerType: owner_type ? short(owner_type) : null,
      dueTime: due_time ? short(due_time) : null,
    })),
  );
}

function short(text: string): string {
  return text.slice(0, MAX_FIELD_CHARACTERS);
}

/** The detail view knows the owner's name; the list only an id. Nice to have, so any error means: no name. */
async function displayName(soar: SoarClient, approvalId: number, call: CallOptions): Promise<string | undefined> {
  const detail = await soar.getApprovalDetail(approvalId, call).catch(() => undefined);
  return detail?.owner ?? undefined;
}
