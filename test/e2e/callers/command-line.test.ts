import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { json, text } from 'node:stream/consumers';
import { envelope } from '../support/answers.js';
import { createHarness } from '../support/harness.js';
import type { Harness } from '../support/harness.js';
import { eventually } from '../support/phases.js';
import { geolocate, simulate } from '../support/requests.js';
import { testServer } from '../support/test-server.js';

const PROGRAM = path.join(__dirname, '../../../dist/cli/main.js');

describe('the command line of a caller', () => {
  let harness: Harness;

  beforeAll(async () => {
    harness = await createHarness({
      breaker: false,
      faults: {
        beforeHandle: async (incoming) => {
          if (incoming.method !== 'POST') return undefined;
          return (await incoming.text()).includes('refuse me') ? envelope(400, 'not with me') : undefined;
        },
      },
    });
    await harness.serve();
  });
  afterAll(() => harness.close());

  function begin(args: readonly string[], input?: unknown, environment: Record<string, string> = {}): ChildProcess {
    const env = {
      ...process.env,
      TEMPORAL_ADDRESS: testServer().address,
      TEMPORAL_TASK_QUEUE: harness.taskQueue,
      ...environment,
    };
    const child = spawn(process.execPath, [PROGRAM, ...args], { env, stdio: ['pipe', 'pipe', 'pipe'] });
    child.stdin.end(typeof input === 'string' ? input : JSON.stringify(input ?? null));
    return child;
  }

  async function command(args: readonly string[], input?: unknown, environment?: Record<string, string>) {
    const child = begin(args, input, environment);
    return ended(child);
  }

  async function ended(child: ChildProcess): Promise<{ out: string; said: string; code: unknown }> {
    const exit = once(child, 'exit') as Promise<[number | null]>;
    if (!child.stdout || !child.stderr) throw new Error('no output');
    const [out, said, [code]] = await Promise.all([text(child.stdout), text(child.stderr), exit]);
    return { out, said, code };
  }

  const id = (): string => `cli-${randomUUID()}`;
  const documents = (out: string): unknown[] =>
    out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);

  it('runs an action from standard input, and prints its result with the key as one document', async () => {
    const key = id();
    const { out, code } = await command(['run', '-', '--id', key, '--json'], geolocate(['8.8.8.8']));
    expect(JSON.parse(out)).toMatchObject({ workflowId: key, outcome: 'success', appRuns: [{ results: [{}] }] });
    expect(code).toBe(0);
    // The key is an idempotency key: the second time nothing is run, and another request is refused.
    const runs = harness.sim.counts().actionRuns;
    expect((await command(['run', '-', '--id', key, '--json'], geolocate(['8.8.8.8']))).out).toBe(out);
    const other = await command(['run', '-', '--id', key, '--json'], geolocate(['1.1.1.1']));
    expect([other.code, documents(other.out)]).toMatchObject([2, [{ error: { code: 'IDEMPOTENCY_CONFLICT' } }]]);
    expect(harness.sim.counts().actionRuns).toBe(runs);
  });

  it('ends with 1 where the action ended otherwise, and with 3 where SOAR refused it', async () => {
    const failed = await command(['run', '-'], simulate({ outcome: 'failed', message: 'no luck' }));
    expect([failed.code, failed.out]).toEqual([1, expect.stringMatching(/^failed: .*1 actions failed/)]);
    const refused = await command(['run', '-', '--json'], geolocate(['8.8.8.8'], { name: 'refuse me' }));
    expect([refused.code, documents(refused.out)]).toMatchObject([3, [{ error: { code: 'SOAR_BAD_REQUEST' } }]]);
  });

  it.each<[string, unknown, RegExp]>([
    ['that is not JSON', '{"action":', /Standard input is not JSON/],
    ['without targets', { ...geolocate([]), targets: [] }, /request\.targets: must have at least one target/],
    ['with a near name', { ...geolocate(['8.8.8.8']), execDelaySecs: 3600 }, /did you mean exec_delay_secs/],
    [
      'with a wrong option',
      { request: geolocate(['8.8.8.8']), options: { timeoutSecs: 0 } },
      /options\.timeoutSecs: must be 1/,
    ],
  ])('refuses a request %s with 2, and sends nothing', async (_what, input, said) => {
    // No Temporal is needed for that.
    const result = await command(['run', '-'], input, { TEMPORAL_ADDRESS: '127.0.0.1:1' });
    expect(result).toMatchObject({ code: 2, out: '', said: expect.stringMatching(said) as string });
  });

  it('ends with 4 where Temporal is away, and with 2 where the file is not there', async () => {
    const away = await command(['status', 'x', '--json'], null, { TEMPORAL_ADDRESS: '127.0.0.1:1' });
    expect([away.code, documents(away.out)]).toMatchObject([4, [{ error: { code: 'TEMPORAL_UNAVAILABLE' } }]]);
    expect(await command(['run', '/nowhere/at/all.json'])).toMatchObject({ code: 2, out: '' });
  });

  it('says what is wrong with its place in Temporal, also as a document, and no stack', async () => {
    const { out, said, code } = await command(['list', '--json'], null, { TEMPORAL_NAMESPACE: 'nope' });
    expect([code, said, documents(out)]).toMatchObject([
      1,
      '',
      [{ error: { message: expect.stringMatching(/^Check TEMPORAL_NAMESPACE/) as string } }],
    ]);
  });

  it.each([['status'], ['watch'], ['cancel'], ['results']])(
    '%s of a key that names nothing ends with 2',
    async (name) => {
      expect(await command([name, 'nowhere'])).toMatchObject({
        code: 2,
        said: expect.stringMatching(/no such workflow/) as string,
      });
    },
  );

  it('detaches, shows where the action stands, lists it, cancels it, and watches it to its end', async () => {
    const key = id();
    const started = await command(['run', '-', '--id', key, '--detach', '--json'], simulate({ seconds: 600 }));
    expect([started.code, documents(started.out)]).toEqual([0, [{ workflowId: key }]]);
    const state = await eventually(async () => {
      const { out } = await command(['status', key, '--json']);
      const [seen] = documents(out) as [{ phase: string }];
      return seen.phase === 'awaitingActionRun' ? seen : undefined;
    });
    expect(state).toMatchObject({ workflowId: key, outcome: null });
    const listed = await eventually(async () => {
      const { out } = await command(['list', '--state', 'awaitingActionRun', '--json']);
      const found = (JSON.parse(out) as { workflowId: string }[]).find(({ workflowId }) => workflowId === key);
      return found;
    });
    expect(listed).toMatchObject({ type: 'runAction', action: 'simulate', closeTime: null });
    const watching = begin(['watch', key, '--json']);
    const cancelled = await command(['cancel', key, '--json']);
    expect([cancelled.code, documents(cancelled.out)]).toEqual([0, [{ workflowId: key, cancelRequested: true }]]);
    const { out, code } = await ended(watching);
    expect(code).toBe(1);
    expect(documents(out).at(-1)).toMatchObject({ workflowId: key, outcome: 'cancelled' });
    expect(documents(out).length).toBeGreaterThan(1);
  });

  it('is let go by Ctrl-C, says how to go on and how to cancel, and the action goes on', async () => {
    const key = id();
    const child = begin(['run', '-', '--id', key], simulate({ seconds: 600 }));
    await eventually(() => Promise.resolve(harness.client.workflow.getHandle(key).describe()).catch(() => undefined));
    child.kill('SIGINT');
    const { out, said, code } = await ended(child);
    expect([code, out]).toEqual([130, '']);
    expect(said).toContain(`soar-runner watch ${key}`);
    expect(said).toContain(`soar-runner cancel ${key}`);
    const handle = harness.client.workflow.getHandle(key);
    expect((await handle.describe()).status.name).toBe('RUNNING');
    await handle.signal('cancel');
    await handle.result();
  });

  it('ends when nobody reads what it shows any more, and the action goes on', async () => {
    const key = id();
    await command(['run', '-', '--id', key, '--detach'], simulate({ seconds: 600 }));
    const child = begin(['watch', key, '--json']);
    child.stdout?.destroy();
    expect(await once(child, 'exit')).toEqual([141, null]);
    const handle = harness.client.workflow.getHandle(key);
    expect((await handle.describe()).status.name).toBe('RUNNING');
    await handle.signal('cancel');
    await handle.result();
  });

  it('writes the rows of a batch and of an action as one document', async () => {
    const key = id();
    const request = { ...simulate({}), targets: [{ app_id: 2, assets: ['lab'] }] };
    const items = Array.from({ length: 25 }, (_, index) => ({ message: `item ${index}` }));
    await harness.client.workflow.execute('enrichBatch', {
      workflowId: key,
      taskQueue: harness.taskQueue,
      args: [{ request, items }],
    });
    const child = begin(['results', key, '--json']);
    const document: unknown = child.stdout && (await json(child.stdout));
    expect(document).toMatchObject({ workflowId: key, next: null });
    expect((document as { rows: { item: unknown }[] }).rows.map(({ item }) => item)).toEqual(items);
    const { out } = await command(['results', key]);
    expect(out.trimEnd().split('\n')).toHaveLength(25);
  });
});
