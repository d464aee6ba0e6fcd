import { z } from 'zod';
import { APPROVAL_STATUSES } from '../../model/statuses.js';

/**
 * An approval, and also a prompt or a task that waits for a person. Fields: the samples of `/rest/approval` (REST Approval).
 * `type` is `asset` for an asset's approver, `parameter` for an action reviewer, `manual` for prompts and tasks.
 */
export const approvalSchema = z.object({
  id: z.int(),
  status: z.enum(APPROVAL_STATUSES),
  owner_type: z.string(),
  action_run: z.int(),
  playbook_run: z.int().nullable(),
  escalated_approval: z.int().nullable(),
  name: z.string(),
  parent: z.int().nullable(),
  node_guid: z.string(),
  start_time: z.string(),
  close_time: z.string().nullable(),
  due_time: z.string(),
  version: z.int(),
  jitc: z.record(z.string(), z.unknown()),
  asset: z.int().nullable(),
  owner: z.int().nullable(),
  message: z.enum(['pending-approval', 'pending-manual-action']),
  type: z.enum(['asset', 'parameter', 'manual']),
  display: z.boolean(),
  responses: z.array(z.string()),
});
export type Approval = z.infer<typeof approvalSchema>;
