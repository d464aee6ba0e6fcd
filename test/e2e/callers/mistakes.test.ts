import { randomUUID } from 'node:crypto';
import { WorkflowFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { createHarness } from '../support/harness.js';
import type { Harness } from '../support/harness.js';
import { eventually } from '../support/phases.js';
import { geolocate, simulate } from '../support/requests.js';

const good = geolocate(['8.8.8.8']);
const [target] = good.targets;
const withTarget = (extra: object): object => ({ ...good, targets: [{ ...target, ...extra }] });
const batchOf = (extra: object): object => ({
  request: { ...simulate({}), targets: [{ app_id: 2, assets: ['lab'] }] },
  items: [{ message: 'a' }],
  ...extra,
});

type Case = readonly [what: string, type: string, args: readonly unknown[], message: RegExp];

const RUN: readonly Case[] = [
  ['no argument', 'runAction', [], /^request: must be an object/],
  ['null for the request', 'runAction', [null], /^request: must be an object/],
  ['text for the request', 'runAction', ['geolocate ip'], /^request: must be an object/],
  ['a list for the request', 'runAction', [[good]], /^request: must be an object/],
  ['null for a field that must be there', 'runAction', [{ ...good, action: null }], /^request\.action: must be text/],
  ['null for the container', 'runAction', [{ ...good, container_id: null }], /^request\.container_id: must be/],
  ['a typed client’s empty text', 'runAction', [{ ...good, name: '' }], /^request\.name: must not be empty/],
  ['a typed client’s zero', 'runAction', [{ ...good, container_id: 0 }], /^request\.container_id: must be/],
  ['a typed client’s empty list', 'runAction', [{ ...good, targets: [] }], /^request\.targets: must have at least one/],
  ['null for the targets', 'runAction', [{ ...good, targets: null }], /^request\.targets: must be a list/],
  [
    'a field in camel case',
    'runAction',
    [{ ...good, execDelaySecs: 3600 }],
    /execDelaySecs: is not known; did you mean exec_delay_secs\?/,
  ],
  ['a field in capitals', 'runAction', [{ ...good, Type: 'contain' }], /Type: is not known; did you mean type\?/],
  ['a field in the singular', 'runAction', [{ ...good, target: [] }], /target: is not known; did you mean targets\?/],
  [
    'a field that is missing for its spelling',
    'runAction',
    [{ ...good, action: undefined, Action: 'x' }],
    /Action: is not known; did you mean action\?/,
  ],
  ['a letter too few', 'runAction', [{ ...good, exec_delay_sec: 5 }], /did you mean exec_delay_secs\?/],
  ...[
    'exec_delay_seconds',
    'execDelaySeconds',
    'exec_delay',
    'EXEC_DELAY_SECS',
    'exec_delay_ms',
    'delay',
    'delaySecs',
  ].map((name): Case => [
    `the delay as ${name}`,
    'runAction',
    [{ ...good, [name]: 3600 }],
    new RegExp(`^request\\.${name}: is not known; did you mean exec_delay_secs\\?`),
  ]),
  ...['timeout_secs', 'timeout', 'timeoutSeconds', 'TimeoutSecs'].map((name): Case => [
    `a timeout in the request as ${name}`,
    'runAction',
    [{ ...good, [name]: 60 }],
    new RegExp(`^request\\.${name}: is not known; did you mean timeoutSecs, which belongs to the options`),
  ]),
  [
    'a target’s field in the singular, in the request',
    'runAction',
    [{ ...good, asset: ['lab'] }],
    /^request\.asset: is not known; did you mean assets, which belongs to targets\[0\]\?/,
  ],
  [
    'a target’s field in the singular',
    'runAction',
    [withTarget({ asset: ['lab'] })],
    /^request\.targets\[0\]\.asset: is not known; did you mean assets\?/,
  ],
  [
    'a target’s field in camel case',
    'runAction',
    [withTarget({ appId: 1 })],
    /targets\[0\]\.appId: is not known; did you mean app_id\?/,
  ],
  [
    'an option in the request',
    'runAction',
    [{ ...good, timeoutSecs: 5 }],
    /^request\.timeoutSecs: belongs to the options/,
  ],
  [
    'a target’s field in the request',
    'runAction',
    [{ ...good, app_id: 1 }],
    /^request\.app_id: belongs to targets\[0\]/,
  ],
  [
    'a negative delay',
    'runAction',
    [{ ...good, exec_delay_secs: -1 }],
    /^request\.exec_delay_secs: must not be negative/,
  ],
  [
    'half a second',
    'runAction',
    [{ ...good, exec_delay_secs: 0.5 }],
    /^request\.exec_delay_secs: must be a whole number/,
  ],
  [
    'a number in text',
    'runAction',
    [{ ...good, exec_delay_secs: '30' }],
    /^request\.exec_delay_secs: must be a whole number/,
  ],
  [
    'an id that lost digits',
    'runAction',
    [withTarget({ parameters: [{ id: 2 ** 60 }] })],
    /parameters\[0\]\.id: must be a whole number of at most/,
  ],
  [
    'a deadline of zero',
    'runAction',
    [good, { timeoutSecs: 0 }],
    /^options\.timeoutSecs: must be 1 to 315,360,000 seconds, was 0/,
  ],
  ['a deadline without an end', 'runAction', [good, { timeoutSecs: 1e12 }], /^options\.timeoutSecs: must be 1 to/],
  [
    'an option with underscores',
    'runAction',
    [good, { timeout_secs: 5 }],
    /^options\.timeout_secs: is not known; did you mean timeoutSecs\?/,
  ],
  ['an option that is none', 'runAction', [good, { retries: 3 }], /^options\.retries: is not known; there are: /],
  [
    'a wrong choice',
    'runAction',
    [good, { whenUncertain: 'always' }],
    /^options\.whenUncertain: must be "resubmit" or "ask"/,
  ],
  [
    'text for yes',
    'runAction',
    [good, { failUnlessSuccess: 'true' }],
    /^options\.failUnlessSuccess: must be true or false/,
  ],
  ['options that are a list', 'runAction', [good, [1]], /^options/],
  ['a third argument', 'runAction', [good, {}, { tag: 'x' }], /runAction takes two arguments/],
  ['a fourth argument', 'runAction', [good, {}, null, 'more'], /runAction takes two arguments/],
];

const BATCH: readonly Case[] = [
  ['no argument', 'enrichBatch', [], /^input: must be an object/],
  ['no request', 'enrichBatch', [{ items: [{}] }], /request: must be a JSON object/],
  ['an empty list of items', 'enrichBatch', [batchOf({ items: [] })], /^items: must have at least one item/],
  ['an item that is text', 'enrichBatch', [batchOf({ items: ['8.8.8.8'] })], /^items\[0\]: must be an object/],
  ['a field in the singular', 'enrichBatch', [batchOf({ item: [] })], /^item: is not known; did you mean items\?/],
  [
    'an option in another case',
    'enrichBatch',
    [batchOf({ options: { ItemsPerRun: 5 } })],
    /^options\.ItemsPerRun: is not known; did you mean itemsPerRun\?/,
  ],
  [
    'a range',
    'enrichBatch',
    [batchOf({ options: { itemsPerRun: 0 } })],
    /^options\.itemsPerRun: must be 1 to 1,000, was 0/,
  ],
  [
    'a range within',
    'enrichBatch',
    [batchOf({ options: { run: { timeoutSecs: 0 } } })],
    /^options\.run\.timeoutSecs: must be 1 to/,
  ],
  [
    'a request field that is none',
    'enrichBatch',
    [batchOf({ requestFields: ['ip'] })],
    /^requestFields\[0\]: must be one of/,
  ],
  ['a second argument', 'enrichBatch', [batchOf({}), { maxRunsInFlight: 5 }], /enrichBatch takes one argument/],
  ['a third argument', 'enrichBatch', [batchOf({}), null, {}], /enrichBatch takes one argument/],
  ['a limit of zero', 'readRows', [{ workflowId: 'x', limit: 0 }], /^limit: must be 1 to 10,000, was 0/],
  ['a second argument', 'readRows', [{ workflowId: 'x' }, 5], /readRows takes one argument/],
];

const TYPES: readonly Case[] = [
  [
    'a type as a Java interface makes it',
    'RunAction',
    [good],
    /"RunAction" is not known; did you mean runAction\? There are: runAction, enrichBatch, readRows\./,
  ],
  ['a type with underscores', 'enrich_batch', [good], /did you mean enrichBatch\?/],
  ['a type of nobody’s', 'sendMail', [], /^workflow type "sendMail" is not known; There are: runAction/],
];

describe('a mistake fails the workflow with the reason itself', () => {
  let harness: Harness;

  beforeAll(async () => {
    harness = await createHarness();
    await harness.serve();
  });
  afterAll(() => harness.close());

  async function failureOf(type: string, args: readonly unknown[]): Promise<ApplicationFailure> {
    // A retry policy of the caller's must not try such a workflow again.
    const retry = { maximumAttempts: 3, initialInterval: '1h' } as const;
    const options = { workflowId: `wrong-${randomUUID()}`, taskQueue: harness.taskQueue, args: [...args], retry };
    const error: unknown = await harness.client.workflow.execute(type, options).catch((caught: unknown) => caught);
    if (error instanceof WorkflowFailedError && error.cause instanceof ApplicationFailure) return error.cause;
    throw new Error(`No failure of an application: ${String(error)}`);
  }

  it.each([...RUN, ...BATCH, ...TYPES])('%s for %s', async (_what, type, args, message) => {
    const failure = await failureOf(type, args);
    const isInput = !TYPES.some(([, wrongType]) => wrongType === type);
    expect(failure.type).toBe(isInput ? 'SOAR_INVALID_REQUEST' : 'UnknownWorkflowType');
    expect(failure.message).toMatch(message);
    expect(failure.nonRetryable).toBe(true);
    expect(failure.cause).toBeUndefined();
    const [details] = failure.details as [{ problems: string[] }];
    expect(details.problems.join('\n')).toBe(failure.message);
    expect(harness.sim.counts().actionRuns).toBe(0);
  });

  it.each([
    ['null for what may be absent', { ...good, type: null, exec_delay_secs: null }, null],
    ['a whole number with a point', JSON.parse('{"container_id": 1.0}'), { timeoutSecs: 60, settleSecs: null }],
    ['a field that is not ours', { some_new_field: 1 }, {}],
  ])('control: %s is taken', async (_what, extra, options) => {
    const workflowId = `right-${randomUUID()}`;
    const args = [{ ...good, ...(extra as object) }, options];
    const { taskQueue } = harness;
    await expect(harness.client.workflow.execute('runAction', { workflowId, taskQueue, args })).resolves.toMatchObject({
      outcome: 'success',
    });
  });
});

describe('a name that there is not', () => {
  let harness: Harness;

  beforeAll(async () => {
    harness = await createHarness();
  });
  afterAll(() => harness.close());

  it('of a signal shows in the status; of a query and an update is answered, for actions and batches', async () => {
    await harness.running(async () => {
      const run = await harness.start(simulate({ seconds: 600 }));
      const batch = await harness.client.workflow.start('enrichBatch', {
        workflowId: `batch-${randomUUID()}`,
        taskQueue: harness.taskQueue,
        args: [batchOf({ streamed: true })],
      });
      const cases = [
        [run, 'Cancel', 'cancel', 'status'],
        [batch, 'Pause', 'pause', 'progress'],
      ] as const;
      for (const [handle, wrong, right, query] of cases) {
        await handle.signal(wrong);
        const seen = await eventually(
          async () => (await handle.query<{ unknownCalls?: string[] }>(query)).unknownCalls,
        );
        expect(seen).toEqual([expect.stringContaining(`signal "${wrong}" is not known; did you mean ${right}?`)]);
        await expect(handle.query(query.toUpperCase())).rejects.toThrow(`did you mean ${query}?`);
      }
      const said = (error: unknown): unknown => (error instanceof Error ? error.cause : error);
      expect(await run.executeUpdate('request_cancel').catch(said)).toMatchObject({
        type: 'UnknownName',
        message: expect.stringContaining('did you mean requestCancel?') as string,
      });
      expect(await batch.executeUpdate('additems').catch(said)).toMatchObject({ type: 'UnknownName' });
      await run.signal('cancel');
      await batch.signal('cancel');
      await Promise.all([run.result(), batch.result()]);
    });
  });

  it('control: a cancel that waits for the first worker is heard, not taken for unknown', async () => {
    const run = await harness.start(simulate({ seconds: 600 }));
    await run.signal('cancel', 'before anybody was there');
    await harness.running(async () => {
      expect(await run.result()).toMatchObject({ outcome: 'cancelled' });
    });
  });
});
