import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { CountryResponse } from 'maxmind';
import { Reader } from 'maxmind';
import { isJsonObject } from '../records.js';

let reader: Reader<CountryResponse> | undefined;

/**
 * The ISO code of the country that an address is registered in, or undefined where the data has none. The 8 MB file of
 * `@ip-location-db/geo-whois-asn-country-mmdb` (CC0) is read at the first call and kept.
 */
export function countryCodeOf(address: string): string | undefined {
  reader ??= openReader();
  // The rows of this data are `{ country_code }`, which is none of the shapes that maxmind has types for.
  const row: unknown = reader.get(address);
  return isJsonObject(row) && typeof row['country_code'] === 'string' ? row['country_code'] : undefined;
}

function openReader(): Reader<CountryResponse> {
  const path = createRequire(__filename).resolve(
    '@ip-location-db/geo-whois-asn-country-mmdb/geo-whois-asn-country.mmdb',
  );
  return new Reader<CountryResponse>(readFileSync(path));
}
