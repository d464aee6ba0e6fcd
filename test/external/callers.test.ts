import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { Client, Connection } from '@temporalio/client';
import type { Row } from '../../src/contracts/read-rows.js';
import { startSoarSim } from '../../src/sim/index.js';
import type { SoarSim } from '../../src/sim/index.js';
import { testServer } from '../e2e/support/test-server.js';
import { startWorkerProcess } from '../e2e/support/worker-process.js';
import type { WorkerProcess } from '../e2e/support/worker-process.js';
import { output } from './output.js';

/** The programs of examples/, each run against a real server: needs Python, Go, Maven with Java, curl and jq, and their registries. */
const ROOT = path.join(__dirname, '../..');
const EXAMPLES = path.join(ROOT, 'examples');
const CACHE = path.join(ROOT, '.cache/external');
const at = (name: string): string => path.join(CACHE, name);
const TEMPORALIO = '1.20.0';

/** Runs a tool of the set-up, and names it where it is not there. */
function tool(name: string, args: readonly string[], cwd = ROOT): string {
  try {
    return execFileSync(name, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 64e6 });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT')
      throw new Error(`${name} is missing: these tests need it.`, { cause: error });
    throw error;
  }
}

function preparePython(): void {
  if (!existsSync(at('python/bin/python'))) tool('python3', ['-m', 'venv', at('python')]);
  tool(at('python/bin/pip'), ['install', '--quiet', '--disable-pip-version-check', `temporalio==${TEMPORALIO}`]);
}

function prepareGo(): void {
  tool('go', ['build', '-o', at('go-caller'), '.'], path.join(EXAMPLES, 'go'));
}

function prepareJava(): void {
  const goals = ['compile', 'dependency:build-classpath', `-Dmdep.outputFile=${at('java.classpath')}`];
  tool('mvn', ['--quiet', '--batch-mode', `-DcallerBuild=${at('java')}`, ...goals], path.join(EXAMPLES, 'java'));
}

function prepareNode(): void {
  const modules = at('node_modules');
  mkdirSync(modules, { recursive: true });
  if (!existsSync(path.join(modules, 'soar-runner'))) symlinkSync(ROOT, path.join(modules, 'soar-runner'));
}

let sim: SoarSim;
let worker: WorkerProcess;
const taskQueue = `external-${randomUUID()}`;

function environment(): NodeJS.ProcessEnv {
  const { address, httpAddress, temporalCli } = testServer();
  const PATH = `${path.dirname(temporalCli)}${path.delimiter}${process.env['PATH'] ?? ''}`;
  return {
    ...process.env,
    PATH,
    TEMPORAL_ADDRESS: address,
    TEMPORAL_HTTP: httpAddress,
    TEMPORAL_TASK_QUEUE: taskQueue,
  };
}

/** All that a program prints, as one object. */
async function said(program: string, args: readonly string[]): Promise<Record<string, unknown>> {
  const stdout = await output(program, args, { env: environment(), cwd: ROOT });
  const lines = stdout.trim().split('\n');
  return Object.assign({}, ...lines.map((line) => JSON.parse(line) as unknown)) as Record<string, unknown>;
}

beforeAll(async () => {
  mkdirSync(CACHE, { recursive: true });
  preparePython();
  prepareGo();
  prepareJava();
  prepareNode();
  tool('jq', ['--version']);
  tool('curl', ['--version']);
  sim = await startSoarSim();
  worker = await startWorkerProcess('product', sim, taskQueue);
}, 600_000);
afterAll(async () => {
  await worker.kill();
  await sim.close();
});

const PROGRAMS: Record<string, (key: string) => [string, string[]]> = {
  Python: (key) => [at('python/bin/python'), [path.join(EXAMPLES, 'python/call.py'), key]],
  Go: (key) => [at('go-caller'), ['call', key]],
  Java: (key) => [
    'java',
    ['-cp', `${at('java/classes')}:${readFileSync(at('java.classpath'), 'utf8').trim()}`, 'Call', key],
  ],
  Node: (key) => [process.execPath, ['--preserve-symlinks-main', '--preserve-symlinks', at('call.mjs'), key]],
  curl: (key) => ['bash', [path.join(EXAMPLES, 'curl/call.sh'), key]],
  'the CLI': (key) => ['bash', [path.join(EXAMPLES, 'cli/call.sh'), key]],
};

describe.each(Object.keys(PROGRAMS))('a caller in %s', (language) => {
  let answers: Record<string, unknown>;

  beforeAll(async () => {
    const [program, args] = PROGRAMS[language]?.(`${language.replace(/\W/g, '')}-${randomUUID()}`) ?? ['', []];
    if (language === 'Node' && !existsSync(at('call.mjs')))
      symlinkSync(path.join(EXAMPLES, 'node/call.mjs'), at('call.mjs'));
    answers = await said(program, args);
  });

  it('starts an action and gets its result', () => {
    expect(answers['result']).toMatchObject({ outcome: 'success', appRuns: [{ results: [{}] }], submissions: 1 });
  });
  it('sees where one stands', () => {
    expect(answers['status']).toMatchObject({ action: 'simulate', outcome: null });
  });
  it('cancels it', () => {
    const { cancelled } = answers as { cancelled: { outcome?: string; accepted?: boolean } };
    expect(cancelled.outcome === 'cancelled' || cancelled.accepted === true).toBe(true);
  });
  it('is told of a wrong field by its name, at the first depth', () => {
    expect(answers['wrong']).toMatchObject({
      type: 'SOAR_INVALID_REQUEST',
      message: expect.stringMatching(/did you mean exec_delay_secs|timeoutSecs: must be 1 to/) as string,
    });
  });
  it('finds that a key has had its run', () => {
    expect(answers['again']).toMatch(/already/i);
  });
  // Over HTTP with its start alone: Temporal's API has no update-with-start there.
  it('starts a batch with its first items', () => {
    expect(answers['taken']).toMatchObject({ total: 2, distinct: 2 });
    expect(answers['batch']).toMatchObject({ outcome: 'success', succeeded: 2 });
  });
  it('reads the batch’s rows without access to SOAR', () => {
    const { rows } = answers as { rows: { rows: Row[]; next: number | null } };
    expect(rows.rows.map(({ place, status, item }) => [place, status, item])).toEqual([
      [0, 'success', { message: 'a' }],
      [1, 'success', { message: 'b' }],
    ]);
    expect(rows.next).toBeNull();
  });
  it('has an action run by a schedule', () => {
    expect(answers['scheduled']).toMatchObject({ outcome: 'success', submissions: 1 });
  });
});

it('a child that is cancelled with its parent is cancelled in SOAR before the parent ends', async () => {
  const program = [path.join(EXAMPLES, 'python/child.py'), `playbook-${randomUUID()}`];
  const { actionRunId, playbook } = await said(at('python/bin/python'), program);
  expect(playbook).toBe('CancelledError');
  const headers = { 'ph-auth-token': sim.token };
  const run = await fetch(`${sim.url}/rest/action_run/${String(actionRunId)}`, { headers });
  expect(await run.json()).toMatchObject({ status: 'failed', cancelled: expect.stringMatching(/\S/) as string });
});

describe.each([
  ['Python', (): [string, string[]] => [at('python/bin/python'), [path.join(EXAMPLES, 'python/rows.py')]]],
  ['Go', (): [string, string[]] => [at('go-caller'), ['rows']]],
])('6,000 rows read from %s', (_language, program) => {
  it('come all, in order, while the batch runs, although the worker is killed in between', async () => {
    const connection = await Connection.connect({ address: testServer().address });
    const client = new Client({ connection });
    const items = Array.from({ length: 6_000 }, (_, index) => ({ message: `item ${index}` }));
    const batch = await client.workflow.start('enrichBatch', {
      workflowId: `rows-${randomUUID()}`,
      taskQueue,
      args: [
        {
          request: { action: 'simulate', container_id: 1, name: 'many', targets: [{ app_id: 2, assets: ['lab'] }] },
          items,
        },
      ],
    });
    const [command, args] = program();
    const reader = spawn(command, [...args, batch.workflowId], {
      env: environment(),
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const places: number[] = [];
    let killed: Promise<void> | undefined;
    for await (const line of createInterface({ input: reader.stdout })) {
      const { place, status, item } = JSON.parse(line) as Row;
      expect([status, item]).toEqual(['success', items[place]]);
      places.push(place);
      if (places.length === 1_500)
        killed = worker.kill().then(async () => {
          worker = await startWorkerProcess('product', sim, taskQueue);
        });
    }
    await killed;
    expect(places).toEqual(items.map((_, index) => index));
    expect(await batch.result()).toMatchObject({ succeeded: 6_000 });
    await connection.close();
  });
});
