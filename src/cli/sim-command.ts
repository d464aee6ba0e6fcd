import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { SelfSigned, SoarSim } from '../sim/index.js';
import { selfSignedCertificate } from '../sim/index.js';
import { messageOf, UserError } from './errors.js';
import { startSim } from './stack/embedded-soar.js';
import { openStateFolder, STATE_DIRECTORY } from './stack/state-folder.js';

/** Options of `npm run sim`. */
export interface SimOptions {
  readonly port?: string;
  readonly host: string;
  readonly data?: string;
  readonly tls?: true;
}

/**
 * Runs the embedded SOAR alone until it is stopped. Credentials come from `SOAR_SIM_*`, or are generated and printed. With `tls`
 * each start generates a certificate and writes it to a file, for `SOAR_CA_FILE`. Its key stays in memory.
 */
export async function sim(options: SimOptions): Promise<void> {
  const { SOAR_SIM_TOKEN: token, SOAR_SIM_USERNAME: username, SOAR_SIM_PASSWORD: password } = process.env;
  const tls = options.tls ? await certificateFor(options.host) : undefined;
  const server = await startSim({
    host: options.host,
    port: readPort(options.port),
    ...(options.data === undefined ? {} : { dataFile: options.data }),
    ...(token ? { token } : {}),
    ...(username ? { username } : {}),
    ...(password ? { password } : {}),
    ...(tls ? { tls } : {}),
  });
  process.stdout.write(`Embedded SOAR at ${server.url}\n`);
  if (tls) process.stdout.write(`SOAR_CA_FILE: ${writeCertificate(tls, server)}\n`);
  process.stdout.write(token ? 'ph-auth-token: as set in SOAR_SIM_TOKEN\n' : `ph-auth-token: ${server.token}\n`);
  process.stdout.write(password ? 'Basic: as set in SOAR_SIM_*\n' : `Basic: ${server.username}:${server.password}\n`);
  await new Promise<void>((resolve) => {
    process.once('SIGINT', resolve).once('SIGTERM', resolve);
  });
  await server.close();
}

async function certificateFor(host: string): Promise<SelfSigned> {
  try {
    return await selfSignedCertificate([...new Set(['localhost', '127.0.0.1', '::1', host])]);
  } catch (error) {
    throw new UserError(messageOf(error));
  }
}

/** Writes the certificate without its key. The file is named by the port, because each server has its own certificate. */
function writeCertificate({ cert }: SelfSigned, { port }: SoarSim): string {
  const file = path.resolve(STATE_DIRECTORY, `sim-${port}.pem`);
  openStateFolder(STATE_DIRECTORY);
  writeFileSync(file, cert);
  return file;
}

function readPort(text: string | undefined): number {
  const port = Number(text ?? 0);
  if (Number.isInteger(port) && port >= 0 && port < 65_536) return port;
  throw new UserError(`--port must be a port number from 0 to 65535, not ${String(text)}.`, 2);
}
