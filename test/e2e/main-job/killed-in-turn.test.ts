import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { Connection } from '@temporalio/client';
import { startSoarSim } from '../../../src/sim/index.js';
import type { SoarSim } from '../../../src/sim/index.js';
import { lastingPort } from '../support/ports.js';
import { testServer } from '../support/test-server.js';
import { startWorkerProcess } from '../support/worker-process.js';
import { Workplace } from './support/workplace.js';

const ROWS = 10_000;
const TASK_QUEUE = 'in-turn';
/** Some 350 requests then take five seconds at least, however fast the machine is: no moment to kill at is missed. */
const SLOWLY = { SOAR_MAX_REQUESTS_PER_SECOND: '80' };
const ipOf = (row: number): string => `8.${Math.floor(row / 65_536)}.${Math.floor(row / 256) % 256}.${row % 256}`;

/** A Temporal server of the test's own that keeps its state in a file, as a production one would. */
class Temporal {
  #child: ChildProcess | undefined;

  constructor(
    readonly port: number,
    readonly database: string,
  ) {}

  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  async start(): Promise<void> {
    const pragmas = ['--sqlite-pragma', 'journal_mode=wal', '--sqlite-pragma', 'synchronous=1'];
    const state = ['--db-filename', this.database, ...pragmas];
    const args = ['server', 'start-dev', '--headless', '--port', String(this.port), ...state];
    this.#child = spawn(testServer().temporalCli, args, { stdio: 'ignore' });
    await (await Connection.connect({ address: this.address, connectTimeout: '30s' })).close();
  }

  async kill(): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }
}

describe('a batch of 10,000 rows', () => {
  let workplace: Workplace;
  let sim: SoarSim;
  let temporal: Temporal;

  beforeEach(async () => {
    workplace = new Workplace();
    sim = await startSoarSim();
    temporal = new Temporal(await lastingPort(), workplace.at('temporal.db'));
    await temporal.start();
  });
  afterEach(async () => {
    await workplace.close();
    await temporal.kill();
    await sim.close();
  });

  it('loses nothing and runs nothing twice while worker, command and Temporal are killed in turn', async () => {
    const rows = Array.from({ length: ROWS }, (_, row) => ipOf(row % 8_000));
    workplace.write('rows.csv', `ip\n${rows.join('\n')}\n`);
    const configured = {
      TEMPORAL_ADDRESS: temporal.address,
      TEMPORAL_TASK_QUEUE: TASK_QUEUE,
      SOAR_BASE_URL: sim.url,
      SOAR_AUTH_TOKEN: sim.token,
      ...SLOWLY,
    };
    const startWorker = () => startWorkerProcess('product', sim, TASK_QUEUE, configured);
    const where = ['--no-worker', '--asset', 'maxmind', '--container', '1', '--output', 'out.csv'];
    const command = () => workplace.run(['batch', 'rows.csv', ...where], configured);

    let worker = await startWorker();
    const first = command();
    await first.sees(/ [1-9]\d*% \|/);
    await worker.kill();
    worker = await startWorker();
    await first.sees(/ [2-9]\d% \|/);
    await first.end('SIGKILL');
    const second = command();
    await second.sees(/ [4-9]\d% \|/);
    await temporal.kill();
    await temporal.start();
    expect(await second.ended).toBe(0);
    await worker.kill();

    const written = workplace.rows('out.csv');
    expect(written.map(({ ip }) => ip)).toEqual(rows);
    expect(written.every(({ status }) => status === 'success' || status === 'failed')).toBe(true);
    const lookUps = sim.counts().executions['geolocate ip'] ?? {};
    expect(Object.keys(lookUps)).toHaveLength(8_000);
    expect(Object.values(lookUps).every((times) => times === 1)).toBe(true);
  });
});
