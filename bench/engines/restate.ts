import path from 'node:path';
import { freePort } from '../../src/cli/stack/process.js';
import { installCompetitors } from '../competitors/install.js';
import type { Stage } from '../contenders/contender.js';

/** Fastest on two cores of 2, 4 and the default of 24. */
const PARTITIONS = '4';

/** Where a Restate server takes calls, and where it is told of services. */
export interface RestateAddress {
  readonly ingress: string;
  readonly admin: string;
}

/** Starts Restate's server on a folder of the trial's own, with its defaults but for the partitions. */
export async function startRestate(stage: Stage): Promise<RestateAddress> {
  const launcher = path.join(installCompetitors(), '@restatedev/restate-server/lib/index.js');
  const [ingress, admin, node] = [await freePort(0), await freePort(0), await freePort(0)];
  const address = { ingress: `http://127.0.0.1:${ingress}`, admin: `http://127.0.0.1:${admin}` };
  await stage.server('engine', {
    command: process.execPath,
    args: [launcher, '--no-logo', '--base-dir', path.join(stage.directory, 'restate')],
    environment: {
      RESTATE_BIND_ADDRESS: `127.0.0.1:${node}`,
      RESTATE_INGRESS__BIND_ADDRESS: `127.0.0.1:${ingress}`,
      RESTATE_ADMIN__BIND_ADDRESS: `127.0.0.1:${admin}`,
      RESTATE_DEFAULT_NUM_PARTITIONS: PARTITIONS,
      RESTATE_LISTEN_MODE: 'tcp',
      RESTATE_DISABLE_TELEMETRY: 'true',
      RESTATE_LOG_FILTER: 'warn',
    },
    isReady: async () =>
      (await answersWell(`${address.admin}/health`)) && answersWell(`${address.ingress}/restate/health`),
  });
  return address;
}

async function answersWell(url: string): Promise<boolean> {
  const answer = await fetch(url).catch(() => undefined);
  return answer?.ok === true;
}
