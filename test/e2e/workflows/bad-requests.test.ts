import type { Harness } from '../support/harness.js';
import { createHarness } from '../support/harness.js';
import { geolocate } from '../support/requests.js';

const good = geolocate(['8.8.8.8']);
const target = { app_id: 1, assets: ['maxmind'], parameters: [{ ip: '8.8.8.8' }] };

/** `{"of": {"of": …}}` */
function nested(levels: number): object {
  return Array.from({ length: levels }).reduce<object>((inner) => ({ of: inner }), {});
}

const CASES: [string, unknown, RegExp][] = [
  ['no request at all', null, /request: must be an object/],
  ['no action', { ...good, action: undefined }, /request\.action: must be text/],
  ['an empty action', { ...good, action: ' ' }, /request\.action: must not be empty/],
  ['a number for the action', { ...good, action: 7 }, /request\.action: must be text/],
  ['no container_id', { ...good, container_id: undefined }, /request\.container_id: must be/],
  ['container_id 0', { ...good, container_id: 0 }, /request\.container_id: must be/],
  ['a word for container_id', { ...good, container_id: 'seven' }, /request\.container_id: must be/],
  ['no name', { ...good, name: undefined }, /request\.name: must be text/],
  ['no targets', { ...good, targets: undefined }, /request\.targets: must be a list/],
  ['an empty list of targets', { ...good, targets: [] }, /request\.targets: must have at least one/],
  [
    'a target without app_id',
    { ...good, targets: [{ ...target, app_id: undefined }] },
    /request\.targets\[0\]\.app_id: must be/,
  ],
  [
    'assets that are no list',
    { ...good, targets: [{ ...target, assets: 'maxmind' }] },
    /request\.targets\[0\]\.assets: must be a list/,
  ],
  [
    'an asset that is an object',
    { ...good, targets: [{ ...target, assets: [{}] }] },
    /request\.targets\[0\]\.assets\[0\]: must be/,
  ],
  [
    'parameters that are no list',
    { ...good, targets: [{ ...target, parameters: { ip: '8.8.8.8' } }] },
    /targets\[0\]\.parameters: must be a list/,
  ],
  [
    'a parameter set that is text',
    { ...good, targets: [{ ...target, parameters: ['8.8.8.8'] }] },
    /targets\[0\]\.parameters\[0\]: must be/,
  ],
  [
    'neither assets nor parameters',
    { ...good, targets: [{ app_id: 1 }] },
    /request\.targets\[0\]: must have at least one asset/,
  ],
  ['a type that is a number', { ...good, type: 3 }, /request\.type: must be text/],
  ['a negative delay', { ...good, exec_delay_secs: -1 }, /request\.exec_delay_secs: must not be negative/],
  ['a delay of a thousand years', { ...good, exec_delay_secs: 4e10 }, /request\.exec_delay_secs: must be at most/],
  [
    'parameters nested without an end',
    { ...good, targets: [{ ...target, parameters: [nested(3_000)] }] },
    /request: must not be nested/,
  ],
  ['half a second of delay', { ...good, exec_delay_secs: 0.5 }, /request\.exec_delay_secs: must be a whole number/],
  ['a delay in words', { ...good, exec_delay_secs: 'soon' }, /request\.exec_delay_secs: must be a whole number/],
];

describe('a bad request', () => {
  let harness: Harness;

  beforeAll(async () => {
    harness = await createHarness();
  });
  afterAll(() => harness.close());

  const failureOf = (args: unknown[]): Promise<unknown> =>
    harness.running(() =>
      harness.client.workflow
        .execute('runAction', { workflowId: `bad-${Math.random()}`, taskQueue: harness.taskQueue, args })
        .catch(rootCause),
    );

  it.each(CASES)('with %s fails by the name of the field, and nothing is sent', async (_title, request, message) => {
    const failure = await failureOf([request]);
    expect(failure).toMatchObject({ type: 'SOAR_INVALID_REQUEST', message: expect.stringMatching(message) as string });
    expect(harness.sim.counts().actionRuns).toBe(0);
  });

  it.each([
    [{ whenUncertain: 'maybe' }, /options\.whenUncertain: must be "resubmit" or "ask"/],
    [{ timeoutSecs: 'long' }, /options\.timeoutSecs: must be a number of seconds/],
    [{ timeoutSecs: 0 }, /options\.timeoutSecs/],
    [{ inlineResultBytes: 10_000_000 }, /options\.inlineResultBytes/],
    [{ tiemoutSecs: 5 }, /tiemoutSecs/],
    // Half a character: as it is, it would end every worker that takes the workflow up.
    [{ '\ud83d': 5 }, /ud83d|\ufffd/],
    ['quickly', /options/],
  ])('with the options %j fails by the name of the option, and nothing is sent', async (options, message) => {
    const failure = await failureOf([good, options]);
    expect(failure).toMatchObject({ type: 'SOAR_INVALID_REQUEST', message: expect.stringMatching(message) as string });
    expect(harness.sim.counts().actionRuns).toBe(0);
  });
});

function rootCause(error: unknown): unknown {
  return error instanceof Error && error.cause instanceof Error ? rootCause(error.cause) : error;
}
