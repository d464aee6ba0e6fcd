import { z } from 'zod';
import type { ActionRun } from '../records.js';
import { soarTime, targetSchema } from '../records.js';

const MAX_DELAY_SECS = 10 * 365 * 24 * 3600;
const DAY_MS = 24 * 3600 * 1000;

const numericId = z.union([
  z.int().nonnegative(),
  z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(Number),
]);

/** The body of `POST /rest/action_run`. Unlike the page's table, the product also takes ids as text, and a missing `app_id`. */
export const submissionSchema = z.object({
  action: z.string().min(1),
  container_id: numericId,
  name: z.string().min(1),
  targets: z.array(targetSchema),
  type: z.string().nullish(),
  exec_delay_secs: numericId.pipe(z.int().max(MAX_DELAY_SECS)).nullish(),
});
/** A body that fits. */
export type Submission = z.infer<typeof submissionSchema>;

/** What a new action_run takes from elsewhere than the body. */
export interface SubmissionContext {
  readonly nowMs: number;
  readonly userId: number;
  readonly nodeGuid: string;
  /** The type of the app_action, for a body without one. */
  readonly defaultType: string;
}

/** The action_run that a submission makes, still pending. */
export function newActionRun(id: number, body: Submission, context: SubmissionContext): ActionRun {
  const time = soarTime(context.nowMs);
  return {
    id,
    status: 'pending',
    action: body.action,
    assign_time: time,
    cancelled: '',
    cb_fn: '',
    close_time: null,
    comment: '',
    container: body.container_id,
    create_time: time,
    creator: context.userId,
    due_time: soarTime(context.nowMs + (body.exec_delay_secs ?? 0) * 1000 + DAY_MS),
    effective_user: context.userId,
    exec_delay_secs: body.exec_delay_secs ?? 0,
    exec_order: 0,
    handle: '',
    ip_address: '127.0.0.1',
    message: '',
    name: body.name,
    node_guid: context.nodeGuid,
    owner: context.userId,
    playbook: null,
    playbook_run: null,
    start_time: null,
    targets: body.targets,
    type: body.type ?? context.defaultType,
    update_time: time,
    version: 1,
  };
}
