import { z } from 'zod';
import type { ActionRun, Approval } from '../records.js';
import { soarTime } from '../records.js';
import type { PlannedJob } from './plan.js';

const MINUTE_MS = 60_000;
const MAX_MINUTES = 365 * 24 * 60;
/** Minutes that a person has, if the parameters do not say: as in the samples of REST Approval. */
const DEFAULT_MINUTES = { prompt: 30, task: 60 } as const;

const manualParameters = z.object({
  mins_to_act: z.number().positive().max(MAX_MINUTES).optional(),
  user_ids: z.array(z.int()).optional(),
});

/**
 * The body of `POST /rest/approval/<id>`. The page documents only GET; this is what the product's own Approve button sends,
 * so its other fields are tolerated.
 */
export const answerSchema = z.object({
  status: z.enum(['approve', 'deny']),
  responses: z.array(z.string()).default([]),
});

/** Somebody who must answer before a run can go on. */
export type ApprovalNeed = Pick<Approval, 'type' | 'owner_type' | 'owner' | 'asset' | 'name' | 'message'> & {
  /** How long they have, in milliseconds. */
  readonly lifetimeMs: number;
};

/** True for the two actions that a person does, not an app. */
export function isManual({ action }: ActionRun): boolean {
  return action === 'prompt' || action === 'task';
}

/** Who answers a prompt or does a task: the first of `user_ids`, or whoever started it. */
export function manualNeed(run: ActionRun): ApprovalNeed {
  const parameters = manualParameters.safeParse(run.targets[0]?.parameters?.[0]).data;
  const minutes = parameters?.mins_to_act ?? (run.action === 'prompt' ? DEFAULT_MINUTES.prompt : DEFAULT_MINUTES.task);
  return {
    type: 'manual',
    owner_type: 'User',
    owner: parameters?.user_ids?.[0] ?? run.owner,
    asset: null,
    name: run.name,
    message: 'pending-manual-action',
    lifetimeMs: minutes * MINUTE_MS,
  };
}

/** Who must approve the planned work: the approver and the reviewer of every asset, once each. Read-only actions need nobody. */
export function approvalNeeds(run: ActionRun, jobs: readonly PlannedJob[], lifetimeMs: number): ApprovalNeed[] {
  const acting = jobs.filter(({ appAction }) => !appAction.read_only);
  const assets = new Set(acting.flatMap(({ asset }) => asset ?? []));
  const common = { name: `approval for ${run.action}`, message: 'pending-approval' as const, lifetimeMs };
  const needs = [...assets].flatMap(({ id, approver, reviewer }): ApprovalNeed[] => [
    { ...common, type: 'asset', owner_type: 'Asset Approver', owner: approver, asset: id },
    { ...common, type: 'parameter', owner_type: 'Action Reviewer', owner: reviewer, asset: null },
  ]);
  return needs.filter(({ owner }) => owner !== null);
}

/** The pending approval that a need becomes at `atMs`. */
export function newApproval(id: number, run: ActionRun, { lifetimeMs, ...need }: ApprovalNeed, atMs: number): Approval {
  return {
    id,
    status: 'pending',
    ...need,
    action_run: run.id,
    playbook_run: null,
    escalated_approval: null,
    parent: null,
    node_guid: run.node_guid,
    start_time: soarTime(atMs),
    close_time: null,
    due_time: soarTime(atMs + lifetimeMs),
    version: 1,
    jitc: {},
    display: true,
    responses: [],
  };
}
