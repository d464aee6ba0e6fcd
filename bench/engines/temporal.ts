import { temporalCliPath } from '../../src/cli/stack/temporal-server.js';
import { startTemporalServer } from '../../src/cli/stack/temporal-server.js';
import type { Stage } from '../contenders/contender.js';

/** Starts the dev server as `npm start` does, on a database of the trial's own. @returns the programs' environment */
export async function startTemporal(stage: Stage): Promise<Record<string, string>> {
  const { address } = stage.adopt('engine', await startTemporalServer(temporalCliPath(), stage.directory));
  return { TEMPORAL_ADDRESS: address };
}
