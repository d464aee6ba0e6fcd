import { NotAvailable } from '../contenders/contender.js';
import type { Contender } from '../contenders/contender.js';
import type { Trial } from './figures.js';
import { runTrial } from './run-trial.js';
import type { Scenario } from './scenarios.js';

/** Who is measured at what. */
export interface Entry {
  readonly contender: Contender;
  readonly scenario: Scenario;
  readonly jobs: number;
}

/** Why an entry has no figures. */
export interface NotMeasured {
  readonly contender: string;
  readonly scenario: string;
  readonly reason: string;
}

/** All that was measured, and all that was not. */
export interface Contest {
  readonly trials: readonly Trial[];
  readonly notMeasured: readonly NotMeasured[];
}

/** Every contender at its scenarios, or those that `only` names by contender or scenario. */
export function entriesFor(
  contenders: readonly Contender[],
  scenarios: readonly Scenario[],
  { only, maxJobs }: { readonly only: readonly string[]; readonly maxJobs: number },
): Entry[] {
  const isNamed = (names: readonly string[], name: string): boolean => names.length === 0 || names.includes(name);
  const contenderNames = only.filter((name) => contenders.some((contender) => contender.name === name));
  const scenarioNames = only.filter((name) => scenarios.some((scenario) => scenario.name === name));
  return scenarios
    .filter(({ name }) => isNamed(scenarioNames, name))
    .flatMap((scenario) =>
      contenders
        .filter(({ name, scenarios: its }) => its.includes(scenario.name) && isNamed(contenderNames, name))
        .map((contender) => ({ contender, scenario, jobs: Math.min(maxJobs, jobsOf(contender, scenario)) })),
    );
}

function jobsOf({ packs }: Contender, { jobs, jobsOneByOne }: Scenario): number {
  return packs ? jobs : jobsOneByOne;
}

/** Runs all entries in every round, so that what else the machine does meets all alike. One that fails is not tried again. */
export async function runContest(
  entries: readonly Entry[],
  rounds: number,
  report: (text: string) => void,
): Promise<Contest> {
  const trials: Trial[] = [];
  const notMeasured: NotMeasured[] = [];
  const failed = new Set<Entry>();
  for (let round = 1; round <= rounds; round += 1) {
    for (const entry of entries.filter((each) => !failed.has(each))) {
      const { contender, scenario } = entry;
      const title = `round ${round} of ${rounds}, ${scenario.name}, ${contender.name}`;
      try {
        const trial = await runTrial(contender, scenario, entry.jobs, round);
        trials.push(trial);
        report(`${title}: ${(trial.elapsedMs / 1_000).toFixed(1)} s for ${trial.jobs} rows`);
      } catch (error) {
        failed.add(entry);
        const reason = reasonOf(error);
        notMeasured.push({ contender: contender.name, scenario: scenario.name, reason });
        report(`${title}: not measured: ${reason}`);
      }
    }
  }
  return { trials, notMeasured };
}

function reasonOf(error: unknown): string {
  if (error instanceof NotAvailable) return error.message;
  return `it failed: ${error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)}`;
}
