import path from 'node:path';
import { z } from 'zod';
import { Problem } from '../errors.js';
import { readJsonFile } from './json-file.js';

/** Where the set-up step noted the programs it found or fetched. */
const TOOLS_FILE = path.join(__dirname, '../../../.cache/tools.json');

/** Path of the Temporal CLI. @throws Problem where the set-up step has not run */
export function temporalCliPath(): string {
  const tools = readJsonFile(TOOLS_FILE, z.looseObject({ temporal: z.string() }));
  if (!tools)
    throw new Problem('The Temporal CLI is not set up: run "npm start", which gets it, or set TEMPORAL_ADDRESS.');
  return tools.temporal;
}
