import fc from 'fast-check';
import type { Answer } from './support/sim-client.js';
import { SimClient, geolocate, simulate } from './support/sim-client.js';

const REQUESTS = 2000;
const SEED = 20_260_102;
const ANSWERS = [200, 400, 403, 404, 405];

const junk = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.constantFrom(
    '-1',
    '1e999',
    '99999999999999999999',
    '1.5',
    '%00',
    '%zz',
    '../..',
    'null',
    'NaN',
    '__proto__',
    '\0',
    '💥',
  ),
  fc.constantFrom(
    '[',
    '[1',
    '(',
    '"',
    "'",
    '"\\',
    '[[[[',
    '1,,',
    '"a" "b"',
    '{}',
    'true',
    '"("',
    '"[a-"',
    '"(?<x"',
    '"1"',
    '[1,2]',
  ),
);

/** A good body for every path that takes one. */
const BODIES: Record<string, object> = {
  '/rest/action_run': { ...geolocate(['8.8.8.8', 7]), exec_delay_secs: 1, type: 'x' },
  '/rest/action_run/1': { cancel: true },
  '/rest/approval/1': { status: 'approve', responses: ['x'] },
  '/rest/artifact': [{ container_id: 1, name: 'a', cef: { a: 1 }, tags: ['t'], source_data_identifier: 's' }],
  '/rest/asset/2': { name: 'lab', concurrency_limit: 2, configuration: { a: 1 }, approver: 3, disabled: false },
  '/rest/container': { name: 'x', label: 'events', artifacts: [{ name: 'a' }], start_time: 'x', data: {} },
  '/rest/container/1': { severity: 'low', owner_id: 1, tags: ['t'], custom_fields: { a: 1 } },
  '/rest/container_comment': { container_id: 1, comment: 'x' },
  '/rest/decided_list': { name: 'l', content: [['a', 1, null]] },
  '/rest/decided_list/l': { append_rows: [['b']], content: [] },
  '/rest/note': { container_id: '1', title: 't', content: 'c', author: 1 },
  '/rest/ph_user': { username: 'u', type: 'normal', is_active: true },
};
const SIMULATION = simulate([{ seconds: '9', bytes: 10, results: 2, outcome: 'failed', message: 'm' }]);

const wrong = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom<unknown>(null, [], {}, '', 0, -1, 1e308, 1.5, '1', [[]], { a: [{}] }),
);
/** A body that would do, but for one value somewhere in it. */
const mutated = (body: object): fc.Arbitrary<string> =>
  fc.tuple(wrong, fc.integer({ min: 1, max: 14 })).map(([value, place]) => {
    let at = 0;
    return JSON.stringify(body, (_key, original: unknown) => {
      at += 1;
      return at === place ? value : original;
    });
  });
const badText = fc.oneof(
  mutated(SIMULATION).chain((text) => fc.nat(text.length).map((cut) => text.slice(0, cut))),
  fc.json(),
  junk,
  fc.constantFrom('', '[]', '[{}]', '[null]', '"', '{"__proto__":{"polluted":true}}', '['.repeat(50_000)),
  fc.constant(`${'['.repeat(200)}${']'.repeat(200)}`),
);
const posts = fc
  .constantFrom(...Object.entries(BODIES), ['/rest/action_run', SIMULATION] as const)
  .chain(([path, good]) =>
    fc.oneof({ weight: 5, arbitrary: mutated(good) }, badText).map((body) => ({ method: 'POST', path, body })),
  );

const list = fc.constantFrom(
  'action_run',
  'app_run',
  'approval',
  'artifact',
  'asset',
  'container',
  'action_run/1/app_runs',
);
const field = fc.constantFrom(
  'id',
  'name',
  'container',
  'container_id',
  'status',
  'message',
  'create_time',
  'version',
  'action_run__container_id',
);
const lookup = fc.constantFrom(
  '',
  'in',
  'range',
  'regex',
  'iregex',
  'isnull',
  'gt',
  'lte',
  'contains',
  'iexact',
  'nothing',
  'cef__a',
);
const parameter = fc.oneof(
  fc
    .tuple(fc.constantFrom('_filter_', '_exclude_'), field, lookup)
    .map(([prefix, name, last]) => `${prefix}${name}${last && `__${last}`}`),
  fc.constantFrom(
    'page',
    'page_size',
    'sort',
    'order',
    'include_expensive',
    'pretty',
    '_filter_',
    '_filter___',
    '_exclude___proto__',
  ),
);
const queries = fc
  .tuple(list, fc.array(fc.tuple(parameter, junk), { minLength: 1, maxLength: 3 }))
  .map(([name, pairs]) => {
    const query = pairs.map(([key, value]) => `${key}=${encodeSafely(value)}`).join('&');
    return { method: 'GET', path: `/rest/${name}?${query}`, body: '' };
  });

const segment = fc.oneof(
  fc.constantFrom('rest', 'action_run', 'app_run', 'note', '1', '0', '01', ' 1', 'action_result', ''),
  junk,
);
const strays = fc.record({
  method: fc.constantFrom('GET', 'POST', 'DELETE', 'PUT', 'PATCH', 'OPTIONS'),
  path: fc.array(segment, { maxLength: 4 }).map((segments) => `/rest/${segments.map(encodeSafely).join('/')}`),
  body: badText,
});
const request = fc.oneof(
  { weight: 4, arbitrary: posts },
  { weight: 4, arbitrary: queries },
  { weight: 2, arbitrary: strays },
);

function encodeSafely(text: string): string {
  return /\p{Surrogate}/u.test(text) ? '%ED%A0%80' : encodeURIComponent(text);
}

/** What is wrong with an answer; undefined if nothing is. */
function faultOf({ status, body: answer, text }: Answer): string | undefined {
  if (!ANSWERS.includes(status)) return `status ${status}: ${text}`;
  if (status === 200) return text === '' ? 'an empty body' : undefined;
  const isEnvelope = answer['failed'] === true && typeof answer['message'] === 'string' && answer['message'] !== '';
  return isEnvelope ? undefined : `no envelope: ${text}`;
}

async function faultsAmong(client: SimClient): Promise<string[]> {
  const faults: string[] = [];
  for (const { method, path, body } of fc.sample(request, { seed: SEED, numRuns: REQUESTS })) {
    const answer = await client.send(method, path, method === 'GET' ? undefined : body, client.basic());
    const fault = faultOf(answer);
    if (fault !== undefined) faults.push(`${method} ${path} ${body.slice(0, 200)} → ${fault}`);
    client.nowMs += 100;
  }
  return faults;
}

test('2,000 malformed requests are answered with SOAR codes and the envelope, and pollute nothing', async () => {
  const client = new SimClient();
  expect(await faultsAmong(client)).toEqual([]);
  expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  expect((await client.get('/rest/version')).status).toBe(200);
});

test('control: a server that lets an error through is found out by the same requests', async () => {
  const beforeHandle = (received: Request): Promise<undefined> =>
    received.method === 'DELETE' ? Promise.reject(new Error('let through')) : Promise.resolve(undefined);
  expect((await faultsAmong(new SimClient({ faults: { beforeHandle } }))).length).toBeGreaterThan(0);
});
