import { randomUUID } from 'node:crypto';
import { createHarness } from '../support/harness.js';
import type { Harness } from '../support/harness.js';
import { inPhase } from '../support/phases.js';
import { simulate } from '../support/requests.js';

const payload = (encoding: string, data: string | Buffer) => ({
  metadata: { encoding: Buffer.from(encoding) },
  data: Buffer.from(data),
});

const PAYLOADS = [
  ['protobuf', payload('binary/protobuf', 'x')],
  ['encrypted', payload('binary/encrypted', 'x')],
  ['bytes that are no JSON', payload('json/plain', Buffer.from([0xff, 0xfe]))],
  ['an encoding nobody knows', payload('very/new', '{}')],
] as const;

describe('what a caller sends in another encoding', () => {
  let harness: Harness;

  beforeEach(async () => {
    harness = await createHarness();
  });
  afterEach(() => harness.close());

  it.each(PAYLOADS)('as the argument of signal cancel is a cancel all the same: %s', async (_what, argument) => {
    const result = await harness.running(async () => {
      const handle = await harness.start(simulate({ seconds: 600 }));
      await inPhase(handle, 'awaitingActionRun');
      await harness.client.workflowService.signalWorkflowExecution({
        namespace: 'default',
        workflowExecution: { workflowId: handle.workflowId },
        signalName: 'cancel',
        input: { payloads: [argument] },
      });
      return handle.result();
    });
    expect(result).toMatchObject({ outcome: 'cancelled', cancel: { accepted: true } });
  });

  it.each(PAYLOADS)('as the request is refused by name: %s', async (_what, argument) => {
    const workflowId = `run-${randomUUID()}`;
    const failure: unknown = await harness.running(async () => {
      await harness.client.workflowService.startWorkflowExecution({
        namespace: 'default',
        workflowId,
        requestId: randomUUID(),
        workflowType: { name: 'runAction' },
        taskQueue: { name: harness.taskQueue },
        input: { payloads: [argument] },
      });
      const ended: unknown = await harness.client.workflow
        .getHandle(workflowId)
        .result()
        .catch((error: unknown) => error);
      return ended;
    });
    expect(failure).toMatchObject({
      cause: {
        type: 'SOAR_INVALID_REQUEST',
        message: expect.stringMatching(/^request: cannot be read \(encoding /) as string,
      },
    });
  });

  it('of nearly 2 MiB is refused, and not tried for ever', async () => {
    const request = simulate({ message: 'x'.repeat(1_990_000) });
    const failure: unknown = await harness.running(async () =>
      (await harness.start(request)).result().catch((error: unknown) => error),
    );
    expect(failure).toMatchObject({
      cause: { type: 'SOAR_INVALID_REQUEST', message: expect.stringContaining('bytes') as string },
    });
  });

  it('with a batch id of 300 Japanese letters runs like any other', async () => {
    const request = { ...simulate({}), targets: [{ app_id: 2, assets: ['lab'] }] };
    const result: unknown = await harness.running(() =>
      harness.client.workflow.execute('enrichBatch', {
        workflowId: '調査'.repeat(150),
        taskQueue: harness.taskQueue,
        args: [{ request, items: [{ message: '一' }, { message: '二' }], options: { itemsPerRun: 1 } }],
      }),
    );
    expect(result).toMatchObject({ succeeded: 2, failed: 0 });
  });
});

describe('results near Temporal’s limit', () => {
  it('of 500 app_runs with Chinese messages come back, without what does not fit', async () => {
    const message = '失败原因'.repeat(2_000);
    const rows = Array.from({ length: 500 }, (_, n) => ({
      id: n + 1,
      status: 'success',
      message,
      action_run: 1,
      app: 2,
      asset: n,
    }));
    const result = { status: 'success', message: '好', data: [{ text: '结果'.repeat(300) }] };
    const beforeHandle = (request: Request): Promise<Response | undefined> => {
      const { pathname, searchParams } = new URL(request.url);
      const [page, size] = [Number(searchParams.get('page')), Number(searchParams.get('page_size'))];
      if (pathname.endsWith('/app_runs'))
        return Promise.resolve(
          Response.json({ count: 500, num_pages: 500 / size, data: rows.slice(page * size, (page + 1) * size) }),
        );
      const isResults = pathname.endsWith('/action_result');
      return Promise.resolve(isResults ? Response.json({ count: 1, num_pages: 1, data: [result] }) : undefined);
    };
    const harness = await createHarness({ faults: { beforeHandle } });
    const ended = await harness.running(async () =>
      (await harness.start(simulate({}), { inlineResultBytes: 1_048_576 })).result(),
    );
    await harness.close();
    expect(ended.outcome).toBe('success');
    expect(ended.appRuns).toHaveLength(500);
  });
});
