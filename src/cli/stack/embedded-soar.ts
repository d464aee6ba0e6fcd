import path from 'node:path';
import { z } from 'zod';
import { createSoarClient } from '../../soar/client.js';
import { codeOfError } from '../../soar/soar-error.js';
import { startSoarSim } from '../../sim/index.js';
import type { SoarSim, SoarSimOptions } from '../../sim/index.js';
import { messageOf, UserError } from '../errors.js';
import { freePort, isRunning, processWithId } from './process.js';
import { readJsonFile, writeJsonFile } from './state-folder.js';

/** The embedded SOAR, run by this process or by another command in the same folder. */
export interface EmbeddedSoar {
  readonly url: string;
  readonly token: string;
  /** True if this process runs it. That process also stops the embedded Temporal. */
  readonly isOurs: boolean;
  close(): Promise<void>;
}

const PREFERRED_PORT = 8088;
const recordSchema = z.object({
  pid: z.int(),
  startedAt: z.string().default(''),
  command: z.string().default(''),
  url: z.string().regex(/^http:\/\/127\.0\.0\.1:\d+$/),
  token: z.string(),
});

/** Starts the embedded SOAR with its state in `directory`, or uses the one that another process runs on that state. */
export async function openEmbeddedSoar(directory: string): Promise<EmbeddedSoar> {
  const recordFile = path.join(directory, 'soar.json');
  const other = readJsonFile(recordFile, recordSchema);
  if (other && other.pid !== process.pid && isRunning(other) && (await answers(other))) {
    return { url: other.url, token: other.token, isOurs: false, close: () => Promise.resolve() };
  }
  const dataFile = path.join(directory, 'soar.jsonl');
  const sim = await startSoarSim({ port: await freePort(PREFERRED_PORT), dataFile }).catch(
    // Another process took the port after it was found free.
    () => startSim({ dataFile }),
  );
  writeJsonFile(recordFile, {
    ...(processWithId(process.pid) ?? { pid: process.pid }),
    url: sim.url,
    token: sim.token,
  });
  return { url: sim.url, token: sim.token, isOurs: true, close: () => sim.close() };
}

/** Starts the embedded SOAR. @throws UserError if its data is damaged, and errors of the system as they are */
export async function startSim(options: SoarSimOptions): Promise<SoarSim> {
  try {
    return await startSoarSim(options);
  } catch (error) {
    if (codeOfError(error) !== 'no code') throw error;
    const advice = 'It was left as it is; move it away to start with an empty one.';
    throw new UserError(`${messageOf(error)} ${advice}`);
  }
}

async function answers({ url: baseUrl, token }: z.infer<typeof recordSchema>): Promise<boolean> {
  const client = createSoarClient({ baseUrl, auth: { token }, timeoutMs: 2_000 });
  const version = await client.getVersion().catch(() => undefined);
  await client.close();
  return version !== undefined;
}
