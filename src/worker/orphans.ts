import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import type { Client, WorkflowExecutionInfo } from '@temporalio/client';
import { isRecordId } from '../model/json.js';
import { quoted, WORKFLOW_TYPES } from '../model/names.js';
import { KEYS } from '../model/search-attributes.js';
import { cutToBytes, escapeMarkdown, MAX_SUMMARY_BYTES } from '../model/text.js';
import type { Orphan } from '../workflows/cancel-orphan.js';
import type { Logger } from './logger.js';
import { OurWorkflows } from './our-workflows.js';

/** What is done about a run that is live in SOAR and that no workflow follows any more. */
export type OrphanPolicy = 'cancel' | 'report' | 'off';

/** Where workers look for orphans. */
export interface OrphanOptions {
  readonly client: Client;
  readonly taskQueue: string;
  readonly policy: OrphanPolicy;
  readonly log: Logger;
}

const SWEEP_EVERY_MS = 20_000;
/** Until another workflow that has taken the run up shows in Temporal's list. */
const SETTLED_AFTER_MS = 10_000;
const LOOK_BACK_MS = 3 * 24 * 3_600_000;
const MAX_REMEMBERED = 10_000;

/**
 * Looks for workflows that were terminated, or that Temporal timed out: they could not cancel their run in SOAR. Each gets a
 * `cancelOrphan` workflow, once, however many workers find it.
 *
 * @returns what ends the looking
 */
export function sweepOrphans(options: OrphanOptions): () => Promise<void> {
  if (options.policy === 'off') return () => Promise.resolve();
  const seen = new Set<string>();
  let sweeping: Promise<void> = Promise.resolve();
  const sweep = (): void => {
    sweeping = sweeping
      .then(() => sweepOnce(options, seen))
      .catch((error: unknown) => {
        options.log.debug({ err: error }, 'orphans could not be looked for; tried again soon');
      });
  };
  const ticker = setInterval(sweep, SWEEP_EVERY_MS);
  ticker.unref();
  sweep();
  return async () => {
    clearInterval(ticker);
    await sweeping;
  };
}

async function sweepOnce({ client, taskQueue, policy, log }: OrphanOptions, seen: Set<string>): Promise<void> {
  const ours = new OurWorkflows(client, taskQueue);
  const { runAction, runActionGroup } = WORKFLOW_TYPES;
  const since = new Date(Date.now() - LOOK_BACK_MS).toISOString();
  const query =
    `WorkflowType IN ('${runAction}', '${runActionGroup}') AND ExecutionStatus IN ('Terminated', 'TimedOut') ` +
    `AND TaskQueue = ${quoted(taskQueue)} AND CloseTime > '${since}'`;
  for await (const info of client.workflow.list({ query })) {
    const isSettled = Date.now() - (info.closeTime?.getTime() ?? Infinity) >= SETTLED_AFTER_MS;
    if (!isSettled || seen.has(info.runId)) continue;
    seen.add(info.runId);
    if (seen.size > MAX_REMEMBERED) seen.clear();
    const orphan = await orphanOf(ours, info);
    if (!orphan || (await ours.goesOn(orphan))) continue;
    await start(client, taskQueue, { ...orphan, mode: policy === 'report' ? 'report' : 'cancel' });
    log.info(
      { workflowId: info.workflowId, runId: info.runId },
      'a workflow ended without its run: looking for it in SOAR',
    );
  }
}

/** Undefined if Temporal has deleted it meanwhile. */
async function orphanOf(ours: OurWorkflows, info: WorkflowExecutionInfo): Promise<Omit<Orphan, 'mode'> | undefined> {
  const { workflowId, runId, type } = info;
  // Whoever starts a workflow can set its search attributes: `cancelOrphan` looks at the run's name.
  const known = Number(info.typedSearchAttributes.get(KEYS.actionRunId));
  const actionRunId = isRecordId(known) ? known : null;
  const tag = await ours.tagOf(info);
  return tag === undefined
    ? undefined
    : { workflowId, runId, tag, isGroup: type === WORKFLOW_TYPES.runActionGroup, actionRunId };
}

async function start(client: Client, taskQueue: string, orphan: Orphan): Promise<void> {
  try {
    await client.workflow.start(WORKFLOW_TYPES.cancelOrphan, {
      workflowId: `soar-runner-orphan/${orphan.runId}`,
      taskQueue,
      args: [orphan],
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
      staticSummary: cutToBytes(
        `what ${escapeMarkdown(orphan.workflowId.slice(0, 60))} left in SOAR`,
        MAX_SUMMARY_BYTES,
      ),
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}
