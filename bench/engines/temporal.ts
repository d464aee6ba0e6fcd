import { readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { startTemporalServer } from '../../src/cli/stack/temporal-server.js';
import type { Stage } from '../contenders/contender.js';

const toolsSchema = z.object({ temporal: z.string() });

/** Path of the Temporal CLI that the set-up found. */
export function temporalCliPath(): string {
  const tools = readFileSync(path.join(__dirname, '../../.cache/tools.json'), 'utf8');
  return toolsSchema.parse(JSON.parse(tools)).temporal;
}

/** Starts the dev server as `npm start` does, on a database of the trial's own. @returns the programs' environment */
export async function startTemporal(stage: Stage): Promise<Record<string, string>> {
  const { directory } = stage;
  const server = await startTemporalServer({ cli: temporalCliPath(), directory, name: 'temporal', ui: true });
  return { TEMPORAL_ADDRESS: stage.adopt('engine', server).address };
}
