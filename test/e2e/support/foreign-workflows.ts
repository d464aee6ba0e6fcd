import { executeChild, makeContinueAsNewFunc, workflowInfo } from '@temporalio/workflow';

/** Workflows of somebody who reaches Temporal and has a worker of his own; some of them call themselves like ours. */

/** Starts a workflow of ours as its child, with an id like that of a batch's. */
export async function parent(type: string, args: unknown[], taskQueue: string): Promise<unknown> {
  return executeChild(type, { args, taskQueue, workflowId: `${workflowInfo().workflowId}/0` });
}

/** Goes on as a batch of ours, and hands over what it likes. */
export async function leave(args: unknown[], taskQueue: string): Promise<never> {
  return makeContinueAsNewFunc({ workflowType: 'enrichBatch', taskQueue })(...args);
}

export async function enrichBatch(result: unknown): Promise<unknown> {
  return Promise.resolve(result);
}

export async function runAction(result: unknown): Promise<unknown> {
  return Promise.resolve(result);
}
