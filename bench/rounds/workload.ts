import { z } from 'zod';
import type { RunActionRequest } from '../../src/contracts/run-action.js';

/** What there is to do in one go, as it is handed to a contender's client. */
export const workloadSchema = z.object({
  /** Unlike any other workload's: workflow ids and job ids begin with it. */
  id: z.string(),
  action: z.string(),
  appId: z.int(),
  asset: z.string(),
  execDelaySecs: z.int(),
  /** Each job begins when the one before has ended; otherwise all are there from the start. */
  oneAtATime: z.boolean(),
  jobs: z.array(z.object({ containerId: z.int(), parameters: z.record(z.string(), z.unknown()) })),
});

/** {@link workloadSchema} as a type. */
export type Workload = z.infer<typeof workloadSchema>;

/** One row: where the action runs, and on what. */
export type Job = Workload['jobs'][number];

/** What a contender's client has in its hands when a job is over: SOAR's own result for that row. */
export const jobOutcomeSchema = z.object({
  actionRunId: z.int(),
  /** When the client had the result, in ms since 1970. */
  seenDoneAtMs: z.number(),
  parameter: z.record(z.string(), z.unknown()),
  status: z.string(),
});

/** {@link jobOutcomeSchema} as a type. */
export type JobOutcome = z.infer<typeof jobOutcomeSchema>;

/** The body of the POST that runs `jobs` in one action_run: they share a container. */
export function requestFor(workload: Workload, jobs: readonly [Job, ...Job[]]): RunActionRequest {
  return {
    action: workload.action,
    container_id: jobs[0].containerId,
    name: 'bench',
    exec_delay_secs: workload.execDelaySecs,
    targets: [
      { app_id: workload.appId, assets: [workload.asset], parameters: jobs.map(({ parameters }) => parameters) },
    ],
  };
}

/** Runs every job as the workload says, all at once or one at a time. */
export async function runEach(
  workload: Workload,
  run: (job: Job, index: number) => Promise<JobOutcome>,
): Promise<JobOutcome[]> {
  if (!workload.oneAtATime) return Promise.all(workload.jobs.map(run));
  const outcomes: JobOutcome[] = [];
  for (const [index, job] of workload.jobs.entries()) outcomes.push(await run(job, index));
  return outcomes;
}
