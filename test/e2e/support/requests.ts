import type { RunActionRequest } from '../../../src/contracts/run-action.js';

/** “geolocate ip” on the embedded SOAR’s asset `maxmind`. */
export function geolocate(ips: readonly string[], extra: Partial<RunActionRequest> = {}): RunActionRequest {
  const target = { app_id: 1, assets: ['maxmind'], parameters: ips.map((ip) => ({ ip })) };
  return { action: 'geolocate ip', container_id: 1, name: 'where is it', targets: [target], ...extra };
}

/** The app “Lab” does what its parameters say. */
export interface SimulateParameters {
  readonly seconds?: number;
  readonly outcome?: 'success' | 'failed';
  readonly results?: number;
  readonly bytes?: number;
  readonly message?: string;
}

export function simulate(parameters: SimulateParameters, extra: Partial<RunActionRequest> = {}): RunActionRequest {
  const target = { app_id: 2, assets: ['lab'], parameters: [{ ...parameters }] };
  return { action: 'simulate', container_id: 1, name: 'a simulated action', targets: [target], ...extra };
}

/** True for the POST that creates an action_run. */
export function isSubmission(request: Request): boolean {
  return request.method === 'POST' && new URL(request.url).pathname === '/rest/action_run';
}
