import { asSingle } from '../query/list.js';
import type { ActionRun, Approval } from '../records.js';
import { millisOf } from '../records.js';
import type { Tables } from '../store/store.js';
import type { SimParts } from './request.js';
import { actorOf, bodyOf, queryOf, recordOf } from './request.js';

/** In the page's samples these two come from a playbook. There is none here, so its name is empty. */
const FROM_PLAYBOOK: ReadonlySet<string> = new Set(['prompts', 'action reviews']);

/** Reading an approval's details (REST Approval), and answering it, which no page documents. */
export function routeApprovals({ app, tables, engine, relationOf, userName, now }: SimParts): void {
  app.get('/rest/approval/:id/detail_summary_view', (context) => {
    const approval = recordOf(context, tables.approval);
    const run = tables.action_run.get(approval.action_run);
    const view = run ? detailView(approval, run, tables, now()) : {};
    return context.json(asSingle(view, tables.approval, queryOf(context), relationOf));
  });

  app.post('/rest/approval/:id', (context) => {
    engine.answer(recordOf(context, tables.approval), bodyOf(context), actorOf(context, userName).name);
    return context.json({ success: true });
  });
}

/** The fields of the page's four samples. `asset` is the whole record with its configuration, as the page shows it. */
function detailView(approval: Approval, run: ActionRun, tables: Tables, nowMs: number): object {
  const notificationType = notificationTypeOf(approval, run);
  return {
    ...(FROM_PLAYBOOK.has(notificationType) && { playbook_repo: 'local', playbook_name: '' }),
    update_time: run.update_time,
    container_id: run.container,
    time_left: (millisOf(approval.due_time) - nowMs) / 1000,
    next_owner: null,
    action_name: run.name,
    due_time: approval.due_time,
    asset: tables.asset.get(approval.asset ?? 0) ?? null,
    action_type: run.action,
    container_name: tables.container.get(run.container)?.name ?? '',
    owner: tables.ph_user.get(approval.owner ?? 0)?.username ?? null,
    notification_type: notificationType,
    type: approval.type,
    notification_targets: run.action === 'task' ? [] : run.targets,
  };
}

function notificationTypeOf({ type }: Approval, { action }: ActionRun): string {
  if (type === 'asset') return 'approvals';
  if (type === 'parameter') return 'action reviews';
  return action === 'prompt' ? 'prompts' : 'manual tasks';
}
