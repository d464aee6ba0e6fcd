import { z } from 'zod';
import { median } from '../measure/statistics.js';
import { historySchema } from '../programs/serve-client.js';

/** A figure for each kind of process; a contender need not have all. */
const byRoleSchema = z.object({ client: z.number(), worker: z.number(), engine: z.number() });

/** What one contender's one go at one scenario came to. */
export const trialSchema = z.object({
  contender: z.string(),
  scenario: z.string(),
  round: z.int(),
  jobs: z.int(),
  elapsedMs: z.number(),
  /** User and system time, without what the same processes use of a core when there is nothing to do: `idle`. */
  cpuMs: byRoleSchema,
  idle: byRoleSchema,
  soarCpuMs: z.number(),
  /** Peaks of resident memory, added up. */
  peakBytes: byRoleSchema,
  restCalls: z.int(),
  actionRuns: z.int(),
  /** From the end of the action in SOAR to the result in the client's hands. */
  latenessMs: z.object({ p50: z.number(), p99: z.number() }),
  history: historySchema.nullable(),
});

/** {@link trialSchema} as a type. */
export type Trial = z.infer<typeof trialSchema>;

/** A contender at a scenario: medians over the rounds, each figure's own. */
export interface Medians {
  readonly contender: string;
  readonly jobs: number;
  readonly rounds: number;
  readonly itemsPerSecond: number;
  readonly msPerItem: number;
  readonly cpuMsPerItem: number;
  readonly cpuMsPerItemByRole: z.infer<typeof byRoleSchema>;
  readonly soarCpuMsPerItem: number;
  readonly restCallsPerItem: number;
  readonly latenessP50Ms: number;
  readonly latenessP99Ms: number;
  readonly peakBytes: number;
  readonly eventsPerItem: number | null;
  readonly historyBytesPerItem: number | null;
}

/** The trials of one contender at one scenario, at least one, as one row. */
export function mediansOf(trials: readonly [Trial, ...Trial[]]): Medians {
  const [{ contender, jobs, history }] = trials;
  const of = (figure: (trial: Trial) => number): number => median(trials.map(figure));
  const perItem = (figure: (trial: Trial) => number): number => of((trial) => figure(trial) / trial.jobs);
  return {
    contender,
    jobs,
    rounds: trials.length,
    itemsPerSecond: of((trial) => (trial.jobs * 1_000) / trial.elapsedMs),
    msPerItem: perItem(({ elapsedMs }) => elapsedMs),
    cpuMsPerItem: perItem(({ cpuMs }) => sum(cpuMs)),
    cpuMsPerItemByRole: {
      client: perItem(({ cpuMs }) => cpuMs.client),
      worker: perItem(({ cpuMs }) => cpuMs.worker),
      engine: perItem(({ cpuMs }) => cpuMs.engine),
    },
    soarCpuMsPerItem: perItem(({ soarCpuMs }) => soarCpuMs),
    restCallsPerItem: perItem(({ restCalls }) => restCalls),
    latenessP50Ms: of(({ latenessMs }) => latenessMs.p50),
    latenessP99Ms: of(({ latenessMs }) => latenessMs.p99),
    peakBytes: of(({ peakBytes }) => sum(peakBytes)),
    eventsPerItem: history && perItem((trial) => trial.history?.events ?? NaN),
    historyBytesPerItem: history && perItem((trial) => trial.history?.bytes ?? NaN),
  };
}

function sum({ client, worker, engine }: z.infer<typeof byRoleSchema>): number {
  return client + worker + engine;
}
