import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { BlockList, isIP } from 'node:net';
import type { CountryResponse } from 'maxmind';
import { Reader } from 'maxmind';
import type { JsonObject } from '../records.js';
import { isJsonObject } from '../records.js';
import type { ActionOutcome, SimApp } from './action.js';
import { failedOutcome } from './action.js';

/** 8 MB of June 2026, with errors that its makers know of: NOTICE says whose it is. It is for demonstrations and tests. */
const COUNTRY_DATA = '@ip-location-db/geo-whois-asn-country-mmdb/geo-whois-asn-country.mmdb';

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
 * The app MaxMind with "geolocate ip", on real data.
 *
 * @param durationMs how long the action takes, however many addresses it is given
 */
export function maxmind(durationMs: number): SimApp {
  return {
    record: {
      name: 'MaxMind',
      appid: '6f1d2c84-0b7e-4c55-9a53-2d8f6a3be101',
      app_version: '1.0.0',
      description: 'Finds the country of an IP address in real, openly licensed data.',
      disabled: false,
      product_name: 'GeoIP2',
      product_vendor: 'MaxMind',
      publisher: 'soar-runner',
      type: 'ip reputation',
      version: 1,
    },
    actions: [
      {
        record: {
          action: 'geolocate ip',
          type: 'investigate',
          description: 'Finds the country of an IP address',
          identifier: 'geolocate_ip',
          read_only: true,
          parameters: { ip: { required: true, data_type: 'string', contains: ['ip', 'ipv6'] } },
          version: 1,
        },
        durationMs: () => durationMs,
        run: locate,
      },
    ],
    assets: () => [{ name: 'maxmind', type: 'ip reputation', product_name: 'GeoIP2', product_vendor: 'MaxMind' }],
  };
}

/**
 * The outcome has the shape of the sample of `/rest/app_run/<id>/action_result`, with the fields that the data has. An address
 * that is malformed, private or unknown is a failed result whose message says which.
 */
function locate({ ip }: JsonObject): ActionOutcome {
  if (typeof ip !== 'string') return failedOutcome('Parameter ip is missing or is not a string');
  const family = isIP(ip);
  if (family === 0 || ip.includes('%')) return failedOutcome(`Not an IP address: ${ip}`);
  if (specialAddresses.check(ip, family === 4 ? 'ipv4' : 'ipv6')) {
    return failedOutcome(`IP address is private or reserved: ${ip}`);
  }
  const code = countryCodeOf(ip);
  if (code === undefined) return failedOutcome(`IP address is not in the database: ${ip}`);
  const country = countryNames.of(code) ?? code;
  return {
    status: 'success',
    message: `Country: ${country}`,
    data: [{ country_name: country, country_iso_code: code }],
    summary: { country },
  };
}

let reader: Reader<CountryResponse> | undefined;

/** The ISO code of the country that an address is registered in. The data is read at the first call and kept. */
function countryCodeOf(address: string): string | undefined {
  reader ??= new Reader<CountryResponse>(readFileSync(createRequire(__filename).resolve(COUNTRY_DATA)));
  // The rows of this data are `{ country_code }`, a shape that maxmind has no type for.
  const row: unknown = reader.get(address);
  return isJsonObject(row) && typeof row['country_code'] === 'string' ? row['country_code'] : undefined;
}
