import { chmodSync, mkdirSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import type { Server } from 'node:net';
import { startSoarSim } from '../../../src/sim/index.js';
import type { SoarSim } from '../../../src/sim/index.js';
import { closedPort } from '../../unit/soar/support/servers.js';
import { testServer } from '../support/test-server.js';
import { Workplace } from './support/workplace.js';

const TOKEN = 'canary-token';
let sim: SoarSim;
let taken: Server;
let closed: number;

beforeAll(async () => {
  sim = await startSoarSim({ token: TOKEN });
  closed = await closedPort();
  taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  taken.close();
  await sim.close();
});

type Environment = Readonly<Record<string, string>>;

/** A wrong use: what is typed with which environment, and what is said. */
interface WrongUse {
  readonly what: string;
  readonly typed: string;
  readonly environment?: () => Environment;
  readonly prepare?: (place: Workplace) => void;
  readonly says: RegExp;
  readonly exitCode: 1 | 2;
}

const takenPort = (): string => {
  const address = taken.address();
  return String(typeof address === 'object' ? address?.port : '');
};

/** A SOAR and a Temporal of somebody's own, all right but for what is `wrong`. */
const own =
  (wrong: Environment | (() => Environment) = {}) =>
  (): Environment => ({
    SOAR_BASE_URL: sim.url,
    SOAR_AUTH_TOKEN: TOKEN,
    TEMPORAL_ADDRESS: testServer().address,
    ...(typeof wrong === 'function' ? wrong() : wrong),
  });

const BATCH = 'batch one.csv --asset maxmind --container 1';
const use = (what: string, typed: string, says: RegExp, more: Partial<WrongUse> = {}): WrongUse => ({
  what,
  typed,
  says,
  exitCode: 2,
  ...more,
});

const OPTIONS: WrongUse[] = [
  use('no command', '', /Usage: soar-runner/),
  use('an unknown command', 'strat', /unknown command 'strat'.*\n.*start/),
  use('an unknown option', 'start --inptu x.csv', /unknown option '--inptu'.*\n.*--input/),
  use('an option without its value', 'batch one.csv --column', /--column <name>' argument missing/),
  use('a word too many', 'start one.csv', /too many arguments/),
  use('no input', 'batch', /Name either a file/),
  use('an option that npm kept', 'start', /npm kept --input for itself.*npm start -- --input/, {
    environment: () => ({ npm_lifecycle_event: 'start', npm_config_input: 'one.csv' }),
  }),
  use('a number that is none', 'batch one.csv --items-per-run many', /whole number from 1 to 1000/),
  use('a container by its name', 'batch one.csv --container my-case', /must be a number from 1/),
  use('permissions that are none', 'batch one.csv --mode rw', /three octal digits, as 640/),
  use('a format that is none', 'batch one.csv --format excel', /Allowed choices are/),
  use('an output of an unknown kind', 'batch one.csv -o out.xlsx', /must end in \.csv, \.jsonl or \.html/),
  use('the input as the output', 'batch one.csv -o ./one.csv', /would overwrite one\.csv/),
  use('an output in a folder that is not there', 'batch one.csv -o no/out.csv', /no\/out\.csv cannot be written/),
  use('a folder as the output', 'batch one.csv -o folder.csv', /folder\.csv is a folder/, {
    prepare: (place) => {
      mkdirSync(place.at('folder.csv'));
    },
  }),
  use('an output where nobody can write', 'batch one.csv -o /proc/out.csv', /cannot be written/),
  use('a port that is none', 'sim --port http', /--port must be a port number/),
];

const INPUTS: WrongUse[] = [
  use('an input that is not there', 'start --input no.csv', /no\.csv does not exist/),
  use('a folder as input', 'batch folder.csv', /folder\.csv is not a file/, {
    prepare: (place) => {
      mkdirSync(place.at('folder.csv'));
    },
  }),
  use('an empty input', 'start --input empty.csv', /empty\.csv is empty/, {
    prepare: (place) => {
      place.write('empty.csv', '');
    },
  }),
  use('a column that is not there', 'batch one.csv --column address', /no column "address"; its columns are "ip"/),
  use('a dry run of nothing', 'batch one.csv --where ip=x --dry-run', /^No row would be sent\.\n$/, { exitCode: 1 }),
  use('a name without a format', 'batch one', /one does not exist/),
];

const STATE: WrongUse[] = [
  use('a file in the place of the state', 'batch one.csv', /\.soar-runner is a file/, {
    prepare: (place) => {
      place.write('.soar-runner', '');
    },
  }),
  use('a link in the place of the state', 'batch one.csv', /\.soar-runner cannot be trusted: it is a link/, {
    prepare: (place) => {
      symlinkSync('/tmp', place.at('.soar-runner'));
    },
  }),
  use('a state that all can write to', 'batch one.csv', /cannot be trusted: other users can write to it/, {
    prepare: (place) => {
      mkdirSync(place.at('.soar-runner'));
      chmodSync(place.at('.soar-runner'), 0o777);
    },
  }),
  ...(['temporal.json', 'soar.json'] as const).map((name) =>
    use(`a damaged ${name}`, 'batch one.csv --once', new RegExp(`${name} is damaged\\. Nothing was changed`), {
      exitCode: 1,
      prepare: (place) => {
        mkdirSync(place.at('.soar-runner'), { mode: 0o700 });
        place.write(`.soar-runner/${name}`, '{"pid":');
      },
    }),
  ),
  use(
    'damaged data of the embedded SOAR',
    'batch one.csv --once',
    /soar\.jsonl cannot be read: line 1 is damaged.*move it away/,
    {
      exitCode: 1,
      prepare: (place) => {
        mkdirSync(place.at('.soar-runner'), { mode: 0o700 });
        place.write('.soar-runner/soar.jsonl', '{"broken\n');
      },
    },
  ),
  use('the same for the SOAR alone', 'sim --data bad.jsonl', /bad\.jsonl cannot be read.*move it away/, {
    exitCode: 1,
    prepare: (place) => {
      place.write('bad.jsonl', 'x\n');
    },
  }),
  use(
    'a Temporal CLI that is not there',
    'batch one.csv',
    /TEMPORAL_CLI names \/no\/temporal, which is no Temporal CLI/,
    {
      environment: () => ({ TEMPORAL_CLI: '/no/temporal' }),
    },
  ),
  use('a Temporal CLI that is another program', 'batch one.csv', /TEMPORAL_CLI names .*, which is no Temporal CLI/, {
    environment: () => ({ TEMPORAL_CLI: '/bin/sh' }),
  }),
];

const SETTINGS: WrongUse[] = [
  use('a SOAR of one’s own without a Temporal', BATCH, /set TEMPORAL_ADDRESS\. Or say --local-temporal.*no lock/, {
    environment: own({ TEMPORAL_ADDRESS: '' }),
  }),
  use('the example for a SOAR of one’s own', 'start', /--input FILE\. The example is not sent/, { environment: own() }),
  use('no asset', 'start --input one.csv --container 1', /--asset NAME/, { environment: own() }),
  use('no container', 'start --input one.csv --asset maxmind', /--container ID/, { environment: own() }),
  use('no Temporal for --no-worker', 'batch one.csv --no-worker', /set TEMPORAL_ADDRESS/),
  ...(
    [
      ['no token', { SOAR_AUTH_TOKEN: '' }, /^SOAR_AUTH_TOKEN must be set/],
      ['a token that was not filled in', { SOAR_AUTH_TOKEN: '…' }, /^SOAR_AUTH_TOKEN must be the token/],
      ['a user without a password', { SOAR_AUTH_TOKEN: '', SOAR_USERNAME: 'u' }, /go together/],
      ['/rest in the URL', { SOAR_BASE_URL: 'https://soar.example.com/rest' }, /^SOAR_BASE_URL must .* without \/rest/],
      ['a # in the URL', { SOAR_BASE_URL: 'https://soar.example.com/#/x' }, /^SOAR_BASE_URL must have no \? and no #/],
      ['a URL without https', { SOAR_BASE_URL: 'soar.example.com' }, /^SOAR_BASE_URL must be an address/],
      ['a CA file that is not there', { SOAR_CA_FILE: '/no/ca.pem' }, /^SOAR_CA_FILE must name a file/],
      ['a CA file without a certificate', { SOAR_CA_FILE: __filename }, /^SOAR_CA_FILE must name a PEM file/],
      ['a proxy that is none', { HTTPS_PROXY: 'proxy' }, /^HTTPS_PROXY must be the address of a proxy/],
      ['a level that is none', { LOG_LEVEL: 'loud' }, /^LOG_LEVEL must be debug, info, warn or error/],
    ] as const
  ).map(([what, environment, says]) => use(what, BATCH, says, { environment: own(environment), exitCode: 1 })),
];

const OTHER_SIDE: WrongUse[] = [
  use('a wrong token', BATCH, /401[^]*Check SOAR_AUTH_TOKEN/, {
    environment: own({ SOAR_AUTH_TOKEN: 'canary-wrong' }),
    exitCode: 1,
  }),
  use('a wrong password', BATCH, /401[^]*Check SOAR_USERNAME with SOAR_PASSWORD/, {
    environment: own({ SOAR_AUTH_TOKEN: '', SOAR_USERNAME: 'admin', SOAR_PASSWORD: 'canary-wrong' }),
    exitCode: 1,
  }),
  use('https to a plain server', BATCH, /no TLS is spoken there\. Should it begin with http:/, {
    environment: own(() => ({ SOAR_BASE_URL: sim.url.replace('http:', 'https:') })),
    exitCode: 1,
  }),
  use('a SOAR that is down', BATCH, /ECONNREFUSED[^]*Check SOAR_BASE_URL: nothing answers/, {
    environment: own(() => ({ SOAR_BASE_URL: `http://127.0.0.1:${closed}` })),
    exitCode: 1,
  }),
  use('a SOAR whose name is unknown', BATCH, /Check SOAR_BASE_URL: no host of this name/, {
    environment: own({ SOAR_BASE_URL: 'https://soar.invalid' }),
    exitCode: 1,
  }),
  use('a path that is no SOAR', BATCH, /Check SOAR_BASE_URL/, {
    environment: own(() => ({ SOAR_BASE_URL: `${sim.url}/phantom` })),
    exitCode: 1,
  }),
  use('a container that does not exist', BATCH.replace(/1$/, '42'), /no container 42; the newest are: 1/, {
    environment: own(),
  }),
  use(
    'an asset that does not exist',
    BATCH.replace('maxmind', 'nope'),
    /no asset "nope" for app 1; there are: maxmind/,
    {
      environment: own(),
    },
  ),
  use('an app without the action', `${BATCH} --app 2`, /no app 2 that offers "geolocate ip"; it is offered by app: 1/, {
    environment: own(),
  }),
  use(
    'an action that nobody offers',
    `${BATCH} --action whois`,
    /the action "whois"; there are: geolocate ip, simulate/,
    {
      environment: own(),
    },
  ),
  use('the same with the embedded SOAR', 'batch one.csv --asset nope', /no asset "nope" for app 1; there are: maxmind/),
  use('a CEF field that no artifact has', 'batch --from-container 1 --cef ip', /field "ip"; none has/),
  use(
    'the artifacts of no container',
    'batch --from-container 42 --cef sourceAddress',
    /no container 42; the newest are: 1/,
  ),
  use('a Temporal that is down', BATCH, /^Temporal at 127\.0\.0\.1:\d+ does not answer/, {
    environment: own(() => ({ TEMPORAL_ADDRESS: `127.0.0.1:${closed}` })),
    exitCode: 1,
  }),
  use('a namespace that does not exist', BATCH, /TEMPORAL_NAMESPACE names "nope"/, {
    environment: own({ TEMPORAL_NAMESPACE: 'nope' }),
    exitCode: 1,
  }),
  use('the same without a worker', `${BATCH} --no-worker`, /Check TEMPORAL_NAMESPACE: Temporal has no such namespace/, {
    environment: own({ TEMPORAL_NAMESPACE: 'nope' }),
    exitCode: 1,
  }),
];

describe('a wrong use', () => {
  let workplace: Workplace;

  beforeEach(() => {
    workplace = new Workplace();
    workplace.write('one.csv', 'ip\n8.8.8.8\n');
  });
  afterEach(() => workplace.close());

  async function said({
    typed,
    environment,
    prepare,
  }: WrongUse): Promise<{ code: number | null; stderr: string; stdout: string }> {
    prepare?.(workplace);
    const command = workplace.run(typed.split(' ').filter(Boolean), environment?.() ?? {});
    const code = await command.ended;
    return { code, ...command.said };
  }

  it.each(
    [...OPTIONS, ...INPUTS, ...STATE, ...SETTINGS, ...OTHER_SIDE].map((row) => [row.what, row.typed, row] as const),
  )('%s is told what is wrong, without a stack: soar-runner %s', async (_what, _typed, row) => {
    const { code, stderr, stdout } = await said(row);
    expect([stderr, code]).toEqual([expect.stringMatching(row.says), row.exitCode]);
    expect(stderr).not.toMatch(/^ {4}at |fault of soar-runner|canary/m);
    expect(stdout).not.toContain('canary');
    for (const text of [stderr, stdout]) expect(text).toMatch(/^$|\n$/);
  });

  it('of a taken port is told so', async () => {
    const { code, stderr } = await said(use('', `sim --port ${takenPort()}`, /./));
    expect([code, stderr]).toEqual([1, expect.stringMatching(/EADDRINUSE.*\nThe port is taken: choose another\.\n$/)]);
  });

  it('of a Temporal that is down is told within two seconds', async () => {
    const environment = own(() => ({ TEMPORAL_ADDRESS: `127.0.0.1:${closed}` }))();
    const command = workplace.run(BATCH.split(' '), environment);
    await command.sees(/Temporal at 127\.0\.0\.1:\d+ has not answered yet; still trying\./);
    expect(command.said.stderr).toBe('');
    expect(await command.ended).toBe(1);
  });
});
