import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Client, Connection } from '@temporalio/client';
import { z } from 'zod';
import { startSoarSim } from '../../../src/sim/index.js';
import type { SoarSim } from '../../../src/sim/index.js';
import { closedPort } from '../../unit/soar/support/servers.js';
import { eventually } from '../support/phases.js';
import { testServer } from '../support/test-server.js';
import { startWorkerProcess } from '../support/worker-process.js';
import { Workplace } from './support/workplace.js';

const jsonRowSchema = z.object({
  row: z.int(),
  input: z.record(z.string(), z.string()),
  status: z.string(),
  message: z.string(),
  result: z.record(z.string(), z.string()),
});
const EIGHT = ['8.8.8.8', 'success', 'US'];
const ONE = ['1.1.1.1', 'success', 'AU'];

describe('soar-runner batch', () => {
  let workplace: Workplace;
  let sim: SoarSim;

  beforeAll(async () => {
    sim = await startSoarSim({ actionDurationMs: 20 });
  });
  afterAll(() => sim.close());
  beforeEach(() => {
    workplace = new Workplace();
  });
  afterEach(() => workplace.close());

  /** Temporal and SOAR as somebody's own, with a task queue of the test's. */
  function elsewhere(): Record<string, string> {
    return {
      SOAR_BASE_URL: sim.url,
      SOAR_AUTH_TOKEN: sim.token,
      TEMPORAL_ADDRESS: testServer().address,
      TEMPORAL_TASK_QUEUE: `cli-${randomUUID()}`,
    };
  }

  async function batch(args: readonly string[], input?: string): Promise<{ stdout: string; stderr: string }> {
    const own = ['--container', '1', ...(args.includes('--asset') ? [] : ['--asset', 'maxmind'])];
    const command = workplace.run(['batch', ...args, ...own], elsewhere(), input);
    expect([await command.ended, command.said.stderr]).toEqual([0, expect.any(String)]);
    return command.said;
  }

  const countries = (file: string): unknown[] =>
    workplace.rows(file).map((row) => [row['ip'], row['status'], row['country_iso_code']]);

  it.each([
    ['in.csv', 'ip,note\n8.8.8.8,a\n1.1.1.1,b\n8.8.8.8,c\n', []],
    ['in.tsv', 'note\tip\na\t8.8.8.8\nb\t1.1.1.1\nc\t8.8.8.8\n', []],
    ['in.txt', '# seen\n8.8.8.8\n1.1.1.1\n\n8.8.8.8\n', []],
    ['in.jsonl', '{"ip":"8.8.8.8"}\n"1.1.1.1"\n{"ip":"8.8.8.8"}\n', []],
    ['in.data', 'ip\n8.8.8.8\n1.1.1.1\n8.8.8.8\n', ['--format', 'csv']],
  ])('gives every row of %s its result', async (name, content, args) => {
    workplace.write(name, content);
    await batch([name, '-o', 'out.csv', ...args]);
    expect(countries('out.csv')).toEqual([EIGHT, ONE, EIGHT]);
  });

  it('reads standard input, and writes rows and nothing else to standard output', async () => {
    const { stdout, stderr } = await batch(['-', '-o', '-'], '8.8.8.8\n1.1.1.1\n8.8.8.8\n');
    const rows = stdout
      .trimEnd()
      .split('\n')
      .map((line) => jsonRowSchema.parse(JSON.parse(line)));
    rows.sort((a, b) => a.row - b.row);
    expect(rows.map(({ input, status, result }) => [input['ip'], status, result['country_iso_code']])).toEqual([
      EIGHT,
      ONE,
      EIGHT,
    ]);
    expect(stderr).toContain('3 rows, 2 different items: 3 succeeded, 0 failed');
  });

  it('takes the indicators from the artifacts of a container', async () => {
    const artifacts = ['8.8.8.8', '1.1.1.1', '8.8.8.8'].map((ip) => ({ container_id: 1, cef: { sourceAddress: ip } }));
    const headers = { 'ph-auth-token': sim.token };
    await fetch(`${sim.url}/rest/artifact`, { method: 'POST', headers, body: JSON.stringify(artifacts) });
    await batch(['--from-container', '1', '--cef', 'sourceAddress', '-o', 'out.csv']);
    const rows = workplace.rows('out.csv');
    expect(rows.map((row) => [row['sourceAddress'], row['status'], row['country_iso_code']])).toEqual([
      EIGHT,
      ONE,
      EIGHT,
    ]);
    expect(new Set(rows.map((row) => row['artifact_id'])).size).toBe(3);
  });

  it('writes several outputs of one batch, each whole', async () => {
    workplace.write('in.csv', 'ip\n8.8.8.8\n1.1.1.1\n');
    await batch(['in.csv', '-o', 'out.csv', '-o', 'out.jsonl', '-o', 'out.html']);
    expect(workplace.names()).toEqual(['.soar-runner', 'in.csv', 'out.csv', 'out.html', 'out.jsonl']);
    expect(countries('out.csv')).toEqual([EIGHT, ONE]);
    expect(readFileSync(workplace.at('out.jsonl'), 'utf8').trimEnd().split('\n')).toHaveLength(2);
    expect(readFileSync(workplace.at('out.html'), 'utf8')).toContain('All 2 rows succeeded.');
  });

  it('ends with exit code 1 where no row succeeded, and accounts for all of them', async () => {
    workplace.write('in.csv', 'ip\n10.0.0.1\n\n,x\n');
    const command = workplace.run(
      ['batch', 'in.csv', '-o', 'out.csv', '--container', '1', '--asset', 'maxmind'],
      elsewhere(),
    );
    expect(await command.ended).toBe(1);
    expect(command.said.stderr).toMatch(/No row succeeded\.\n$/);
    expect(workplace.rows('out.csv').map(({ status }) => status)).toEqual(['failed', 'invalid']);
  });

  it.each([
    ['asset', ['--asset', 'nope', '--container', '1'], /SOAR has no asset "nope" for app 1; there are: /],
    ['container', ['--asset', 'maxmind', '--container', '99'], /SOAR has no container 99; the newest are: /],
  ])('costs no try where the %s is wrong: it is looked up before anything is sent', async (_what, target, says) => {
    workplace.write(
      'in.csv',
      `ip\n${Array.from({ length: 320 }, (_, index) => `8.8.${index % 2}.${index}`).join('\n')}\n`,
    );
    const before = sim.counts().actionRuns;
    const args = ['batch', 'in.csv', '-o', 'out.csv', ...target];
    const stopped = workplace.run(args, elsewhere());
    expect([await stopped.ended, stopped.said.stderr]).toEqual([2, expect.stringMatching(says)]);
    expect(sim.counts().actionRuns - before).toBe(0);
    expect(workplace.names()).not.toContain('out.csv');
  });

  it('shows what it would send, and sends and starts nothing', async () => {
    workplace.write('in.csv', 'ip\n8[.]8[.]8[.]8\nx\n');
    const before = sim.counts().actionRuns;
    const { stdout } = await batch(['in.csv', '--dry-run']);
    expect(stdout).toContain('sent, an ip: 1\n  8.8.8.8\ninvalid: 1\n  row 2: "x" is not an ip. (x)\n');
    expect(sim.counts().actionRuns).toBe(before);
    expect(workplace.names()).toEqual(['.soar-runner', 'in.csv']);
    workplace.write('none.csv', 'ip\nx\n');
    const none = workplace.run(['batch', 'none.csv', '--dry-run']);
    expect([await none.ended, none.said.stderr]).toEqual([1, expect.stringContaining('No row would be sent.')]);
  });

  it('keeps the rows of a document that is cut off, and ends with exit code 2', async () => {
    workplace.write('in.json', '[{"ip":"8.8.8.8"},{"ip":"1.1.');
    const own = ['-o', 'out.csv', '--container', '1', '--asset', 'maxmind'];
    const command = workplace.run(['batch', 'in.json', ...own], elsewhere());
    expect(await command.ended).toBe(2);
    expect(command.said.stderr).toMatch(
      /A part of in\.json was not read: it ends in the middle of a value, after row 1\./,
    );
    expect(countries('out.csv')).toEqual([EIGHT]);
  });

  /** Temporal has the workflow. */
  const isStarted = async (workflowId: string): Promise<void> => {
    const connection = await Connection.connect({ address: testServer().address });
    const workflow = new Client({ connection }).workflow.getHandle(workflowId);
    await eventually(() =>
      workflow.describe().then(
        () => true,
        () => undefined,
      ),
    );
    await connection.close();
  };

  it('leaves the work to workers elsewhere, and takes the results later', async () => {
    workplace.write('in.csv', 'ip\n8.8.8.8\n1.1.1.1\n');
    const environment = elsewhere();
    const taskQueue = environment['TEMPORAL_TASK_QUEUE'] ?? '';
    const own = ['-o', 'out.csv', '--container', '1', '--asset', 'maxmind', '--no-worker', '--workflow-id', taskQueue];
    const watching = workplace.run(['batch', 'in.csv', ...own], environment);
    await watching.sees(/Starting the batch cli-/);
    await isStarted(taskQueue);
    expect(await watching.end('SIGINT')).toBe(1);
    expect(watching.said.stderr).toMatch(/The batch goes on without this command; start it again for the results\.\n$/);
    const worker = await startWorkerProcess('product', sim, taskQueue);
    const again = workplace.run(['batch', 'in.csv', ...own], environment);
    expect([await again.ended, again.said.stdout]).toEqual([0, expect.stringContaining('Picking up the batch cli-')]);
    expect(countries('out.csv')).toEqual([EIGHT, ONE]);
    await worker.kill();
  });

  it('says of every row that the batch was broken off, where somebody terminates it', async () => {
    workplace.write('in.csv', 'ip\n8.8.8.8\n""\n10.0.0.1\n');
    const environment = elsewhere();
    const workflowId = environment['TEMPORAL_TASK_QUEUE'] ?? '';
    const own = ['-o', 'out.csv', '--container', '1', '--asset', 'maxmind', '--no-worker', '--workflow-id', workflowId];
    const command = workplace.run(['batch', 'in.csv', ...own], environment);
    await command.sees(/Starting the batch cli-/);
    const connection = await Connection.connect({ address: testServer().address });
    const batchWorkflow = new Client({ connection }).workflow.getHandle(workflowId);
    await eventually(() =>
      batchWorkflow.terminate('not wanted').then(
        () => true,
        () => undefined,
      ),
    );
    await connection.close();
    expect(await command.ended).toBe(1);
    expect(command.said.stderr).toMatch(/The batch failed: .*\n$/);
    expect(workplace.rows('out.csv').map(({ status }) => status)).toEqual(['failed', 'invalid', 'failed']);
  });

  it('accounts for the rows that a cancel came before', async () => {
    const sets = Array.from({ length: 4 }, (_, index) => ({ message: String(index), seconds: index === 0 ? 0 : 600 }));
    workplace.write('in.jsonl', sets.map((set) => JSON.stringify(set)).join('\n'));
    const environment = elsewhere();
    const workflowId = environment['TEMPORAL_TASK_QUEUE'] ?? '';
    const action = ['--action', 'simulate', '--parameter', 'message', '--asset', 'lab', '--container', '1'];
    const width = ['--items-per-run', '1', '--max-runs-in-flight', '2'];
    const outputs = ['-o', 'out.csv', '-o', 'out.jsonl'];
    const command = workplace.run(
      ['batch', 'in.jsonl', ...outputs, ...action, ...width, '--workflow-id', workflowId],
      environment,
    );
    await command.sees(/1\/4 items/);
    const connection = await Connection.connect({ address: testServer().address });
    await new Client({ connection }).workflow.getHandle(workflowId).signal('cancel');
    await connection.close();
    expect(await command.ended).toBe(0);
    const rows = workplace.rows('out.csv');
    expect(rows.map(({ status }) => status)).toEqual(['success', 'cancelled', 'cancelled', 'cancelled']);
    expect(rows[3]?.['result_message']).toBe('The batch was cancelled before this one was run.');
    expect(readFileSync(workplace.at('out.jsonl'), 'utf8').trimEnd().split('\n')).toHaveLength(4);
  });

  describe('with a workflow id that is taken', () => {
    const TAKEN = /^There is a workflow .* already, and it is not of this input: choose another id\.\n$/m;
    let environment: Record<string, string>;
    let own: string[];

    beforeEach(async () => {
      environment = elsewhere();
      own = ['-o', 'out.csv', '--container', '1', '--asset', 'maxmind', '--workflow-id', randomUUID()];
      workplace.write('in.csv', 'ip\n8.8.8.8\n');
      workplace.write('other.csv', 'ip\n1.1.1.1\n');
      expect(await workplace.run(['batch', 'in.csv', ...own], environment).ended).toBe(0);
    });

    it('refuses another input', async () => {
      const other = workplace.run(['batch', 'other.csv', ...own], environment);
      expect([await other.ended, other.said.stderr]).toEqual([2, expect.stringMatching(TAKEN)]);
    });

    it('refuses another input also if an earlier command on it has come to nothing', async () => {
      const nowhere = { ...environment, TEMPORAL_ADDRESS: `127.0.0.1:${await closedPort()}` };
      expect(await workplace.run(['batch', 'other.csv', ...own], nowhere).ended).toBe(1);
      const other = workplace.run(['batch', 'other.csv', ...own], environment);
      expect([await other.ended, other.said.stderr]).toEqual([2, expect.stringMatching(TAKEN)]);
    });

    it('says of the same input that it has been run', async () => {
      const again = workplace.run(['batch', 'in.csv', ...own], environment);
      expect(await again.ended).toBe(2);
      expect(again.said.stderr).toMatch(/has been run on this input already: choose another id to run it again\.\n$/);
    });
  });
});
