import {
  condition,
  executeChild,
  makeContinueAsNewFunc,
  proxyActivities,
  setDefaultSignalHandler,
  workflowInfo,
} from '@temporalio/workflow';

/** Workflows of somebody who reaches Temporal and has a worker of his own; some of them call themselves like ours. */

/** Starts a workflow of ours as its child, with an id like that of a batch's. */
export async function parent(type: string, args: unknown[], taskQueue: string): Promise<unknown> {
  return executeChild(type, { args, taskQueue, workflowId: `${workflowInfo().workflowId}/0` });
}

/** Goes on as a batch of ours, and hands over what it likes. */
export async function leave(args: unknown[], taskQueue: string): Promise<never> {
  return makeContinueAsNewFunc({ workflowType: 'enrichBatch', taskQueue })(...args);
}

/** Takes signals of every name, as ours do, and ends with the first. */
export async function listener(): Promise<string> {
  let heard: string | undefined;
  setDefaultSignalHandler((name) => {
    heard ??= name;
  });
  await condition(() => heard !== undefined);
  return heard ?? '';
}

/** An activity of ours that he calls by a workflow of his. */
export interface ForeignCall {
  readonly activity: string;
  readonly input: unknown;
  readonly taskQueue: string;
}

/** Ends with what it is given, or with what the activity answers. */
async function callOrEnd(given: unknown): Promise<unknown> {
  const { activity, input, taskQueue } = (given ?? {}) as Partial<ForeignCall>;
  if (activity === undefined || taskQueue === undefined) return given;
  const activities = proxyActivities<Record<string, (input: unknown) => Promise<unknown>>>({
    taskQueue,
    startToCloseTimeout: '10s',
    retry: { maximumAttempts: 1 },
  });
  return activities[activity]?.(input);
}

export {
  callOrEnd as cancelOrphan,
  callOrEnd as enrichBatch,
  callOrEnd as readRows,
  callOrEnd as runAction,
  callOrEnd as runActionGroup,
};
