import { z } from 'zod';
import type { JobOutcome, Workload } from '../rounds/workload.js';
import { workloadSchema } from '../rounds/workload.js';
import { answerCalls } from './answer-calls.js';

/** What the histories of a workload's workflows came to. */
export const historySchema = z.object({
  workflows: z.int(),
  events: z.int(),
  bytes: z.int(),
  maxEvents: z.int(),
  maxBytes: z.int(),
});

/** {@link historySchema} as a type. */
export type HistorySize = z.infer<typeof historySchema>;

/** A contender's client: hands its engine a workload and collects the results, an outcome for each job in their order. */
export interface BenchClient {
  run(workload: Workload): Promise<JobOutcome[]>;
  /** Where there are histories. */
  history?(workload: Workload): Promise<HistorySize>;
}

/** The client's side of `driveClient`: what crosses between the processes does so before and after the work that is measured. */
export function serveClient(client: BenchClient): void {
  let workload: Workload | undefined;
  let outcomes: readonly JobOutcome[] = [];
  const prepared = (): Workload => {
    if (!workload) throw new Error('no workload was prepared');
    return workload;
  };
  answerCalls({
    prepare: (given) => {
      workload = workloadSchema.parse(given);
    },
    run: async () => {
      outcomes = await client.run(prepared());
    },
    outcomes: () => outcomes,
    history: () => client.history?.(prepared()) ?? null,
  });
}
