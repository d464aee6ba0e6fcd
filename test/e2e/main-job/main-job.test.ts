import { copyFileSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Reader } from 'maxmind';
import { isGone } from '../../../src/cli/stack/process.js';
import type { RunningCommand } from './support/start-command.js';
import { Workplace } from './support/workplace.js';

const EXAMPLE = path.join(__dirname, '../../../examples/indicators.csv');
const TEN_PUBLIC_ADDRESSES = [
  '103.230.84.239',
  '8.8.8.8',
  '1.1.1.1',
  '9.9.9.9',
  '198.41.0.4',
  '193.0.14.129',
  '77.88.8.8',
  '2001:7fe::53',
  '2001:4860:4860::8888',
  '2a02:6b8::feed:0ff',
];

/** What the data package itself says, without the embedded SOAR between. */
function countryInTheData(address: string): unknown {
  const file = require.resolve('@ip-location-db/geo-whois-asn-country-mmdb/geo-whois-asn-country.mmdb');
  return new Reader(readFileSync(file)).get(address);
}

describe('npm start on the example', () => {
  const workplace = new Workplace();
  let first: RunningCommand;

  beforeAll(async () => {
    copyFileSync(EXAMPLE, workplace.at('indicators.csv'));
    first = workplace.run(['start', '--input', 'indicators.csv']);
    await first.ended;
  });
  afterAll(() => workplace.close());

  it('ends with exit code 0 and says where the results and the workflow are', async () => {
    expect(await first.ended).toBe(0);
    expect(first.said.stdout).toContain('320 rows written to results.csv and results.html');
    expect(first.said.stdout).toMatch(
      /Temporal UI: http:\/\/127\.0\.0\.1:\d+\/namespaces\/default\/workflows\/enrich-/,
    );
  });

  it('writes one row for every input row, in input order, duplicates included', () => {
    const addresses = workplace.rows('indicators.csv').map(({ ip }) => ip);
    expect(new Set(addresses).size).toBeLessThan(addresses.length);
    expect(workplace.rows('results.csv').map(({ ip }) => ip)).toEqual(addresses);
  });

  it.each(TEN_PUBLIC_ADDRESSES)('gives %s the country that the data has', (address) => {
    const rows = workplace.rows('results.csv').filter(({ ip }) => ip === address);
    expect(rows).not.toHaveLength(0);
    for (const row of rows) expect(countryInTheData(address)).toEqual({ country_code: row['country_iso_code'] });
  });

  it('gives every address a country or a reason', () => {
    const failed = workplace.rows('results.csv').filter(({ country_iso_code }) => country_iso_code === '');
    expect(failed.map(({ ip, status, message }) => [ip, status, message])).toEqual([
      ['192.168.10.25', 'failed', 'IP address is private or reserved: 192.168.10.25'],
      ['300.12.7.1', 'invalid', '"300.12.7.1" is not an ip.'],
    ]);
  });

  it('links to nothing that ends with it: neither in the report that is sent on nor in its last lines', () => {
    expect(readFileSync(workplace.at('results.html'), 'utf8')).not.toMatch(/127\.0\.0\.1:|localhost/);
    const [, afterwards = ''] = first.said.stdout.split('rows written to');
    expect(first.said.stdout).toContain('http://127.0.0.1');
    expect(afterwards).not.toContain('http');
  });

  it('leaves no process behind', () => {
    expect(isGone(workplace.temporalServer())).toBe(true);
  });

  it('runs again in the same folder, as a new batch', async () => {
    const second = workplace.run(['start', '--input', 'indicators.csv', '--output', 'again.csv']);
    expect(await second.ended).toBe(0);
    const [before, after] = [first, second].map(({ said }) => /Starting the batch (\S+)\./.exec(said.stdout)?.[1]);
    expect(after).toBeDefined();
    expect(after).not.toBe(before);
    expect(workplace.rows('again.csv')).toHaveLength(320);
    expect((await workplace.lookUps())['8.8.8.8']).toBe(2);
  });
});
