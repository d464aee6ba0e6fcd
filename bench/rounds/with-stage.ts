import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Stage } from '../contenders/contender.js';
import { startSoar } from '../soar/start-soar.js';
import type { BenchSoar } from '../soar/start-soar.js';

const INTERRUPTS = ['SIGINT', 'SIGTERM'] as const;

/**
 * Has a trial done with a SOAR and a folder of its own, and ends all that was started for it, whatever comes of it: also when
 * the bench itself is told to stop. The folder is left where the trial failed: the logs are in it.
 */
export async function withStage<T>(
  containers: number,
  trial: (stage: Stage, soar: BenchSoar) => Promise<T>,
): Promise<T> {
  const directory = mkdtempSync(path.join(tmpdir(), 'soar-runner-bench-'));
  const soar = await startSoar(directory, containers);
  const stage = new Stage(soar, directory);
  const end = async (): Promise<void> => {
    await stage.tearDown();
    await soar.stop();
  };
  const interrupt = (): void => void end().finally(() => process.exit(1));
  for (const signal of INTERRUPTS) process.once(signal, interrupt);
  try {
    const outcome = await trial(stage, soar);
    await end();
    rmSync(directory, { recursive: true, force: true });
    return outcome;
  } finally {
    await end();
    for (const signal of INTERRUPTS) process.off(signal, interrupt);
  }
}
