import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { Connection } from '@temporalio/client';
import { SEARCH_ATTRIBUTES } from '../../../src/model/search-attributes.js';
import { startSoarSim } from '../../../src/sim/index.js';
import type { SoarSim } from '../../../src/sim/index.js';
import { Cleanup } from '../../unit/soar/support/servers.js';
import { eventually } from '../support/phases.js';
import { lastingPort } from '../support/ports.js';
import { testServer } from '../support/test-server.js';
import { startWorkerProcess } from '../support/worker-process.js';

const DIST = path.join(__dirname, '../../../dist');
const DOORS = { 'npm run worker': ['worker.js'], 'soar-runner worker': ['cli/main.js', 'worker'] } as const;

let sim: SoarSim;
let other: SoarSim;
beforeAll(async () => {
  [sim, other] = [await startSoarSim(), await startSoarSim()];
});
afterAll(async () => {
  await sim.close();
  await other.close();
});

/** A worker until it takes work, or ends: what it said, with its exit code. One that takes work is ended again. */
async function start(
  environment: Readonly<Record<string, string>>,
  door: readonly string[] = DOORS['npm run worker'],
): Promise<{ said: string; code: number | null }> {
  const [program = '', ...args] = door;
  const soar = { SOAR_BASE_URL: sim.url, SOAR_AUTH_TOKEN: sim.token };
  const child = spawn(process.execPath, [path.join(DIST, program), ...args], {
    env: { PATH: process.env['PATH'], ...soar, ...environment },
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const ended = once(child, 'close');
  await eventually(() => Promise.resolve(said.includes('worker started') || child.exitCode !== null || undefined));
  child.kill('SIGTERM');
  await ended;
  return { said, code: child.exitCode };
}

/** Whatever a test leaves running, also one that fails. */
const cleanup = new Cleanup();
afterEach(() => cleanup.run());

const STARTED = { said: expect.stringContaining('worker started') as string, code: 0 };

describe('a worker on the task queue of another SOAR’s', () => {
  it.each(Object.entries(DOORS))(
    'is refused in words, and starts on a queue of its own: %s',
    async (_name, door) => {
      const queue = `refused-${process.pid}-${door.length}`;
      const older = await startWorkerProcess('product', other, queue);
      cleanup.add(() => older.terminate());
      const temporal = { TEMPORAL_ADDRESS: testServer().address };
      const refused = await start({ ...temporal, TEMPORAL_TASK_QUEUE: queue }, door);
      expect(refused.code).toBe(1);
      expect(refused.said).toMatch(/is served by a worker of another SOAR.*set TEMPORAL_TASK_QUEUE to another name/);
      expect(refused.said).not.toMatch(/fault of soar-runner|^ {4}at /m);
      expect(await start({ ...temporal, TEMPORAL_TASK_QUEUE: `${queue}-own` }, door)).toEqual(STARTED);
      await older.terminate();
      expect(await start({ ...temporal, TEMPORAL_TASK_QUEUE: queue }, door)).toEqual(STARTED);
    },
    120_000,
  );
});

/** A Temporal whose namespace `default` has these search attributes already, each as `Name=Type`. */
async function temporalWith(attributes: readonly string[]): Promise<string> {
  const address = `127.0.0.1:${await lastingPort()}`;
  const given = attributes.flatMap((attribute) => ['--search-attribute', attribute]);
  const args = ['server', 'start-dev', '--headless', '--port', address.replace(/.*:/, ''), ...given];
  const server = spawn(testServer().temporalCli, args, { stdio: 'ignore' });
  cleanup.add(async () => {
    const gone = once(server, 'exit');
    server.kill();
    await gone;
  });
  await eventually(async () => {
    const connection = await Connection.connect({ address, connectTimeout: 500 }).catch(() => undefined);
    const known = await connection?.operatorService
      .listSearchAttributes({ namespace: 'default' })
      .catch(() => undefined);
    await connection?.close();
    return Object.keys(known?.customAttributes ?? {}).length >= attributes.length ? true : undefined;
  });
  return address;
}

/** Runs a command as it was printed, in a shell; `--yes` and the address stand for the person at the keyboard. */
function runAdvised(command: string, address: string): void {
  const confirmed = command.includes(' remove ') ? ' --yes' : '';
  const cli = command.replace(/^temporal/, testServer().temporalCli);
  execFileSync('sh', ['-c', `${cli} --address ${address}${confirmed}`], { stdio: 'pipe' });
}

describe('a worker in a namespace whose search attributes leave no room for its own', () => {
  const others = Array.from({ length: 7 }, (_, index) => `Other${index}=Keyword`);
  let address: string;
  let refused: { said: string; code: number | null };

  beforeEach(async () => {
    address = await temporalWith([...others, 'Aside=Text']);
    refused = await start({ TEMPORAL_ADDRESS: address });
  }, 60_000);

  it('is told who uses the room, and starts in a namespace of its own, as it is told', async () => {
    expect(refused.code).toBe(1);
    expect(refused.said).toMatch(/room for 3 .* needs 8.*ten.*Other0, Other1, .*Other6/);
    expect(refused.said).not.toMatch(/search-attribute create|fault of soar-runner|^ {4}at /m);
    const [, command = ''] = /^ *(temporal operator namespace create .*)$/m.exec(refused.said) ?? [];
    const [, namespace = ''] = /TEMPORAL_NAMESPACE=(\S+)/.exec(refused.said) ?? [];
    runAdvised(command, address);
    expect(await start({ TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace })).toEqual(STARTED);
  }, 60_000);

  it('starts once as many are removed as it says', async () => {
    const [, command = ''] = /^ *(temporal operator search-attribute remove .*)$/m.exec(refused.said) ?? [];
    expect(command.match(/--name /g)).toHaveLength(5);
    runAdvised(command, address);
    expect(await start({ TEMPORAL_ADDRESS: address })).toEqual(STARTED);
  }, 60_000);
});

describe('a worker in a namespace that has one of its search attributes with another type', () => {
  it('is told which, and starts once it is removed', async () => {
    const address = await temporalWith([`${SEARCH_ATTRIBUTES.state}=Text`]);
    const refused = await start({ TEMPORAL_ADDRESS: address });
    expect(refused.code).toBe(1);
    expect(refused.said).toMatch(/has SoarState, but not as a search attribute of type Keyword/);
    const [, command = ''] = /^ *(temporal operator search-attribute remove .*)$/m.exec(refused.said) ?? [];
    runAdvised(command, address);
    expect(await start({ TEMPORAL_ADDRESS: address })).toEqual(STARTED);
  }, 60_000);
});
