import { geolocateIp } from './geolocate-ip.js';
import type { SimAction } from './sim-action.js';
import { simulate, testConnectivity } from './simulate.js';

/** The code behind the actions, by the `identifier` of the app_action. */
export type AppCode = ReadonlyMap<string, SimAction>;

/**
 * @param geolocateMs how long one "geolocate ip" takes
 */
export function createAppCode(geolocateMs: number): AppCode {
  return new Map([
    ['geolocate_ip', geolocateIp(geolocateMs)],
    ['simulate', simulate],
    ['test_connectivity', testConnectivity],
  ]);
}
