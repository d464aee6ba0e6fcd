import type { SimApp } from './action.js';
import { maxmind } from './geolocate-ip.js';
import { lab } from './simulate.js';

/**
 * All apps, in the order of their ids. A new one goes to the end: a journal refers to apps and assets by id.
 *
 * @param geolocateMs how long one "geolocate ip" takes
 */
export function createApps(geolocateMs: number): readonly SimApp[] {
  return [maxmind(geolocateMs), lab];
}
