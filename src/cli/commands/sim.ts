import { startSoarSim } from '../../sim/index.js';
import { Problem } from '../problem.js';

/** Options of `npm run sim`. */
export interface SimOptions {
  readonly port?: string;
  readonly host: string;
  readonly data?: string;
  readonly tls?: true;
}

/** Runs the embedded SOAR alone until it is stopped. Credentials come from `SOAR_SIM_*` or are made up and printed. */
export async function sim(options: SimOptions): Promise<void> {
  const { SOAR_SIM_TOKEN: token, SOAR_SIM_USERNAME: username, SOAR_SIM_PASSWORD: password } = process.env;
  const server = await startSoarSim({
    host: options.host,
    port: readPort(options.port),
    ...(options.data === undefined ? {} : { dataFile: options.data }),
    ...(token ? { token } : {}),
    ...(username ? { username } : {}),
    ...(password ? { password } : {}),
  });
  process.stdout.write(`Embedded SOAR at ${server.url}\n`);
  process.stdout.write(token ? 'ph-auth-token: as set in SOAR_SIM_TOKEN\n' : `ph-auth-token: ${server.token}\n`);
  process.stdout.write(password ? 'Basic: as set in SOAR_SIM_*\n' : `Basic: ${server.username}:${server.password}\n`);
  await new Promise<void>((resolve) => {
    process.once('SIGINT', resolve).once('SIGTERM', resolve);
  });
  await server.close();
}

function readPort(text: string | undefined): number {
  const port = Number(text ?? 0);
  if (Number.isInteger(port) && port >= 0 && port < 65_536) return port;
  throw new Problem(`--port must be a port number from 0 to 65535, not ${String(text)}.`, 2);
}
