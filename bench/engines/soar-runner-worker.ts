import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Stage } from '../contenders/contender.js';
import { startTemporal } from './temporal.js';

const WORKER = path.join(__dirname, '../../dist/worker.js');

/** Starts Temporal and our worker as users do: the built one, with its defaults. @returns the client's environment */
export async function startSoarRunner(stage: Stage): Promise<Record<string, string>> {
  const temporal = await startTemporal(stage);
  const { url, token } = stage.soar;
  const log = path.join(stage.directory, 'worker.log');
  await stage.server('worker', {
    command: process.execPath,
    args: [WORKER],
    environment: { ...temporal, SOAR_BASE_URL: url, SOAR_AUTH_TOKEN: token },
    isReady: () => Promise.resolve(existsSync(log) && readFileSync(log, 'utf8').includes('worker started')),
  });
  return temporal;
}
