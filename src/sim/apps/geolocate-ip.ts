import { BlockList, isIP } from 'node:net';
import type { JsonObject } from '../records.js';
import { countryCodeOf } from './country-data.js';
import type { ActionOutcome, SimAction } from './sim-action.js';
import { failedOutcome } from './sim-action.js';

/** Addresses that no registry gives to a country (IANA special-purpose address registries). */
const SPECIAL_RANGES = [
  ['0.0.0.0', 8, 'ipv4'],
  ['10.0.0.0', 8, 'ipv4'],
  ['100.64.0.0', 10, 'ipv4'],
  ['127.0.0.0', 8, 'ipv4'],
  ['169.254.0.0', 16, 'ipv4'],
  ['172.16.0.0', 12, 'ipv4'],
  ['192.0.2.0', 24, 'ipv4'],
  ['192.168.0.0', 16, 'ipv4'],
  ['198.18.0.0', 15, 'ipv4'],
  ['198.51.100.0', 24, 'ipv4'],
  ['203.0.113.0', 24, 'ipv4'],
  ['224.0.0.0', 3, 'ipv4'],
  ['::', 127, 'ipv6'],
  ['2001:db8::', 32, 'ipv6'],
  ['fc00::', 7, 'ipv6'],
  ['fe80::', 10, 'ipv6'],
  ['ff00::', 8, 'ipv6'],
] as const;

const specialAddresses = new BlockList();
for (const [network, prefix, family] of SPECIAL_RANGES) specialAddresses.addSubnet(network, prefix, family);

const countryNames = new Intl.DisplayNames(['en'], { type: 'region' });

/**
 * "geolocate ip" on real data, in the shape of the sample of `/rest/app_run/<id>/action_result`, with the fields that the
 * data has. An address that is malformed, private or unknown is a failed result whose message says which.
 *
 * @param durationMs how long the action takes, however many addresses it is given
 */
export function geolocateIp(durationMs: number): SimAction {
  return { durationMs: () => durationMs, run: locate };
}

function locate({ ip }: JsonObject): ActionOutcome {
  if (typeof ip !== 'string') return failedOutcome('Parameter ip is missing or is not a string');
  const family = isIP(ip);
  if (family === 0 || ip.includes('%')) return failedOutcome(`Not an IP address: ${ip}`);
  if (specialAddresses.check(ip, family === 4 ? 'ipv4' : 'ipv6')) {
    return failedOutcome(`IP address is private or reserved: ${ip}`);
  }
  const code = countryCodeOf(ip);
  return code === undefined ? failedOutcome(`IP address is not in the database: ${ip}`) : located(code);
}

function located(code: string): ActionOutcome {
  const country = countryNames.of(code) ?? code;
  return {
    status: 'success',
    message: `Country: ${country}`,
    data: [{ country_name: country, country_iso_code: code }],
    summary: { country },
  };
}
