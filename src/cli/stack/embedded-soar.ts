import path from 'node:path';
import { z } from 'zod';
import { startSoarSim } from '../../sim/index.js';
import { freePort } from './free-port.js';
import { isAlive } from './is-alive.js';
import { readJsonFile, writeJsonFile } from './json-file.js';

/** The embedded SOAR, of this process or of another `npm start` in the same folder. */
export interface EmbeddedSoar {
  readonly url: string;
  readonly token: string;
  /** True where this process runs it and so is the one that ends the embedded parts. */
  readonly isOurs: boolean;
  close(): Promise<void>;
}

const PREFERRED_PORT = 8088;
const recordSchema = z.object({ pid: z.int(), url: z.string(), token: z.string() });

/** Starts the embedded SOAR with its state in `directory`, or uses the one that another process runs on that state. */
export async function openEmbeddedSoar(directory: string): Promise<EmbeddedSoar> {
  const recordFile = path.join(directory, 'soar.json');
  const other = readJsonFile(recordFile, recordSchema);
  if (other && other.pid !== process.pid && isAlive(other.pid) && (await answers(other.url))) {
    return { url: other.url, token: other.token, isOurs: false, close: () => Promise.resolve() };
  }
  const dataFile = path.join(directory, 'soar.jsonl');
  const sim = await startSoarSim({ port: await freePort(PREFERRED_PORT), dataFile }).catch(
    // Somebody else took the port since the look at it.
    () => startSoarSim({ dataFile }),
  );
  writeJsonFile(recordFile, { pid: process.pid, url: sim.url, token: sim.token });
  return { url: sim.url, token: sim.token, isOurs: true, close: () => sim.close() };
}

async function answers(url: string): Promise<boolean> {
  const response = await fetch(`${url}/rest/version`, { signal: AbortSignal.timeout(2_000) }).catch(() => undefined);
  return response !== undefined;
}
