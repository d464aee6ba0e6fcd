import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { sample } from '../../unit/contracts/soar/samples.js';
import type { SoarSim } from '../../../src/sim/index.js';
import { selfSignedCertificate, startSoarSim } from '../../../src/sim/index.js';
import { numberAt, objectOf } from './read-json.js';
import type { Material, NotificationType } from './material.js';
import type { Soar } from './soar.js';
import { connect } from './soar.js';

/** The embedded SOAR, filled so that the ids in the pages' own examples are there. */
export interface Embedded {
  readonly sim: SoarSim;
  readonly soar: Soar;
  readonly material: Material;
  readonly close: () => Promise<void>;
}

const START_MS = Date.parse('2026-01-02T03:04:05.000Z');
const DAY_SECS = 24 * 3600;
const TWO_HOURS_MS = 2 * 3600 * 1000;

/** Starts and fills it. Its clock stands still, so that two looks at the same thing see the same. */
export async function startEmbedded(scheme: 'http' | 'https' = 'http'): Promise<Embedded> {
  const folder = await mkdtemp(path.join(tmpdir(), 'soar-conformance-'));
  const caFile = path.join(folder, 'ca.pem');
  let nowMs = START_MS;
  const tls = scheme === 'https' ? await selfSignedCertificate() : undefined;
  if (tls) await writeFile(caFile, tls.cert);
  const sim = await startSoarSim({ now: () => nowMs, actionDurationMs: 0, ...(tls && { tls }) });
  const soar = connect({ baseUrl: sim.url, auth: { token: sim.token }, ...(tls && { caFile }) });
  const close = async (): Promise<void> => {
    await soar.close();
    await sim.close();
    await rm(folder, { recursive: true });
  };
  await fillPast(soar);
  nowMs += TWO_HOURS_MS;
  const approvals = await fillPresent(soar);
  return { sim, soar, material: materialWith(approvals), close };
}

/**
 * Run 1 with app_run 1, as in the page's example of action_result; run 2, which goes on and has an app_run already; approvals
 * 1 and 2, which nobody answers in time.
 */
async function fillPast(soar: Soar): Promise<void> {
  const parameters = [{ ip: '103.230.84.239' }, { ip: '8.8.8.8' }];
  await submit(soar, 'geolocate ip', [{ app_id: 1, assets: ['maxmind'], parameters }]);
  const lab = (seconds: number): object => ({ app_id: 2, assets: ['lab'], parameters: [{ seconds }] });
  await submit(soar, 'simulate', [lab(0), lab(DAY_SECS)]);
  await submitTask(soar);
  await submitPrompt(soar);
}

/** Runs and approvals that are open. Approval 21 is one of an asset's approver, as in the page's example. */
async function fillPresent(soar: Soar): Promise<ReadonlyMap<NotificationType, number>> {
  const onAsset = (asset: string) => [{ app_id: 2, assets: [asset], parameters: [{ seconds: 5 }] }];
  await submitTask(soar);
  await submitPrompt(soar);
  for (let id = 5; id <= 20; id += 1) await submit(soar, 'simulate', onAsset('lab-review'));
  await submit(soar, 'simulate', onAsset('lab-approval'));
  return new Map([
    ['manual tasks', 3],
    ['prompts', 4],
    ['action reviews', 5],
    ['approvals', 21],
  ]);
}

function materialWith(approvals: ReadonlyMap<NotificationType, number>): Material {
  return {
    endedRun: 1,
    runs: [1, 2, 3],
    appRun: 1,
    approval: 1,
    approvalWith: (type) => approvals.get(type) ?? 0,
    adapted: (request) => request,
  };
}

function submitTask(soar: Soar): Promise<number> {
  return submit(soar, 'task', []);
}

function submitPrompt(soar: Soar): Promise<number> {
  return submit(soar, 'prompt', objectOf(sample('approval-detail-prompts'))['notification_targets']);
}

async function submit(soar: Soar, action: string, targets: unknown): Promise<number> {
  const answer = await soar.post('/rest/action_run', { action, container_id: 1, name: action, targets });
  return numberAt(answer.json, 'action_run_id');
}
