import { readSpec, readStartSpec, checkPlace } from '../../../src/cli/batch-command.js';
import type { BatchCommandOptions, StartOptions } from '../../../src/cli/batch-command.js';
import type { JobSpec } from '../../../src/cli/job/spec.js';

const DEFAULTS: BatchCommandOptions = { action: 'geolocate ip', parameter: 'ip', worker: true };
const OWN = { SOAR_BASE_URL: 'https://soar.example.com', TEMPORAL_ADDRESS: 'temporal:7233' };

function spec(
  file: string | undefined,
  options: Partial<BatchCommandOptions> = {},
  environment: Readonly<Record<string, string>> = {},
): JobSpec {
  return readSpec(file, { ...DEFAULTS, ...options }, environment);
}

function problemOf(ask: () => unknown): unknown {
  try {
    return ask();
  } catch (error) {
    return error;
  }
}

describe('the job that the options ask for', () => {
  it('has what the embedded SOAR has, and its results beside the input', () => {
    expect(spec('in/a.csv')).toMatchObject({
      source: { kind: 'file', path: 'in/a.csv', format: 'csv' },
      mapping: { parameter: 'ip', column: undefined, perRow: [] },
      target: { action: 'geolocate ip', asset: 'maxmind', container: '1' },
      options: {},
      outputs: ['in/a.results.csv', 'in/a.results.html'],
      workflowId: undefined,
      stayUp: true,
      worker: true,
    });
  });

  it.each([
    ['a.CSV', undefined, { kind: 'file', path: 'a.CSV', format: 'csv' }],
    ['a.tsv', undefined, { kind: 'file', path: 'a.tsv', format: 'tsv' }],
    ['a.ndjson', undefined, { kind: 'file', path: 'a.ndjson', format: 'jsonl' }],
    ['a.txt', undefined, { kind: 'file', path: 'a.txt', format: undefined }],
    ['a.csv.gz', undefined, { kind: 'file', path: 'a.csv.gz', format: 'csv' }],
    ['a.txt', 'csv', { kind: 'file', path: 'a.txt', format: 'csv' }],
    ['-', undefined, { kind: 'stdin', format: undefined }],
    ['-', 'jsonl', { kind: 'stdin', format: 'jsonl' }],
  ] as const)('reads %s with --format %s as what it is', (file, format, source) => {
    expect(spec(file, format ? { format } : {}).source).toEqual(source);
  });

  it('runs in the container whose artifacts it reads', () => {
    const { source, mapping, target, outputs } = spec(undefined, { fromContainer: '7', cef: 'sourceAddress' });
    expect(source).toEqual({ kind: 'container', container: 7, cef: 'sourceAddress' });
    expect([mapping.column, target.container, outputs]).toEqual([
      'sourceAddress',
      '7',
      ['results.csv', 'results.html'],
    ]);
  });

  it('hands on what is said of the batch, and nothing that is not', () => {
    const options = { itemsPerRun: 5, maxRunsInFlight: 2, itemAttempts: 3, reuseWithin: 60, delay: 9, type: 'contain' };
    const { options: ofBatch, target } = spec('a.csv', options);
    expect(ofBatch).toEqual({ itemsPerRun: 5, maxRunsInFlight: 2, itemAttempts: 3, reuseWithinSecs: 60 });
    expect(target).toMatchObject({ delaySecs: 9, type: 'contain' });
  });

  it('ends at once on a Temporal of somebody’s own', () => {
    const own = spec('a.csv', { asset: 'geo', container: '42', worker: false }, OWN);
    expect([own.stayUp, own.worker]).toEqual([false, false]);
  });

  it.each<[string, string | undefined, Partial<BatchCommandOptions>, Record<string, string>, string]>([
    ['no input', undefined, {}, {}, 'Name either a file (- for standard input) or --from-container.'],
    ['two inputs', 'a.csv', { fromContainer: '7' }, {}, 'Name either a file'],
    ['a container without a field', undefined, { fromContainer: '7' }, {}, '--from-container needs --cef'],
    ['a field without a container', 'a.csv', { cef: 'x' }, {}, '--cef goes with --from-container'],
    ['an unknown column per row', 'a.csv', { perRow: 'ip' }, {}, '--per-row takes container_id, app_id, asset'],
    ['columns of a list', 'a.txt', { perRow: 'asset', format: 'list' }, {}, '--per-row needs an input with columns'],
    ['no worker anywhere', 'a.csv', { worker: false }, {}, '--no-worker needs a Temporal'],
    ['no container of an own SOAR', 'a.csv', { asset: 'geo' }, OWN, 'Say in which container to run: --container ID.'],
    ['no asset of an own SOAR', 'a.csv', { container: '1' }, OWN, 'Say on which asset to run: --asset NAME.'],
    ['no asset of another action', 'a.csv', { action: 'block ip' }, {}, 'Say on which asset to run: --asset NAME.'],
  ])('is refused with exit code 2 for %s', (_what, file, options, environment, says) => {
    const ask = (): unknown => spec(file, options, environment);
    expect(ask).toThrow(says);
    expect(problemOf(ask)).toMatchObject({ exitCode: 2 });
  });
});

describe('the job of npm start', () => {
  it('is the example on the embedded SOAR, with its results here where the package is installed', () => {
    const { source, target, outputs } = readStartSpec({}, {});
    expect(source).toMatchObject({
      kind: 'file',
      path: expect.stringMatching(/examples\/indicators\.csv$/) as unknown,
    });
    expect(target).toMatchObject({ action: 'geolocate ip', asset: 'maxmind', container: '1' });
    expect(outputs.map((file) => file.replace(/^examples\//, ''))).toEqual(['results.csv', 'results.html']);
  });

  it('has its results beside an input that is named', () => {
    expect(readStartSpec({ input: 'in/a.csv' }, {}).outputs).toEqual(['in/results.csv', 'in/results.html']);
  });

  it.each<[what: string, options: StartOptions, environment: Record<string, string>, says: string]>([
    ['the example', { asset: 'geo', container: '1' }, OWN, 'The example is not sent to a SOAR of your own unasked.'],
    ['no asset', { input: 'a.csv', container: '1' }, OWN, '--asset NAME'],
    ['no container', { input: 'a.csv', asset: 'geo' }, OWN, '--container ID'],
    [
      'an option that npm kept',
      {},
      { npm_lifecycle_event: 'start', npm_config_local_temporal: 'true' },
      '-- --local-temporal',
    ],
  ])('is refused with exit code 2 for %s', (_what, options, environment, says) => {
    const ask = (): unknown => readStartSpec(options, environment);
    expect(ask).toThrow(says);
    expect(problemOf(ask)).toMatchObject({ exitCode: 2 });
  });

  it('is not refused for options of npm in another script', () => {
    const environment = { npm_lifecycle_event: 'test', npm_config_input: 'x' };
    expect(() => readStartSpec({}, environment)).not.toThrow();
  });
});

describe('the place of a job', () => {
  const SOAR = { SOAR_BASE_URL: 'https://soar.example.com', SOAR_AUTH_TOKEN: 't' };

  it.each<[what: string, environment: Record<string, string>, localTemporal: true | undefined, warned: RegExp[]]>([
    ['the embedded SOAR', {}, undefined, []],
    ['a SOAR and a Temporal of one’s own', { ...SOAR, TEMPORAL_ADDRESS: 'temporal:7233' }, undefined, []],
    ['an embedded Temporal that is asked for', SOAR, true, [/no lock/]],
    ['a certificate that is not checked', { ...SOAR, SOAR_TLS_VERIFY: 'false' }, true, [/not checked/, /no lock/]],
  ])('%s has its warnings', (_what, environment, localTemporal, warned) => {
    expect(checkPlace(environment, localTemporal)).toEqual(warned.map((text): unknown => expect.stringMatching(text)));
  });

  it('an embedded Temporal for a SOAR of one’s own is refused unless it is asked for', () => {
    const ask = (): unknown => checkPlace(SOAR, undefined);
    expect(ask).toThrow(/set TEMPORAL_ADDRESS\. Or say --local-temporal/);
    expect(problemOf(ask)).toMatchObject({ exitCode: 2 });
  });
});
