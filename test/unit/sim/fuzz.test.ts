import fc from 'fast-check';
import type { Answer } from './support/sim-client.js';
import { SimClient, geolocate, simulate } from './support/sim-client.js';

const REQUESTS = 2000;
const SEED = 20_260_102;
const ANSWERS = [200, 400, 403, 404, 405];

const resource = fc.constantFrom(
  ...['action_run', 'app', 'app_action', 'app_run', 'approval', 'artifact', 'asset', 'build_action', 'container'],
  ...['container_comment', 'decided_list', 'note', 'ph_user', 'system_info', 'version', '__proto__', 'constructor', ''],
);
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
    '[',
    '[1',
    '(',
    '"',
    "'",
    'null',
    'NaN',
  ),
  fc.constantFrom('"\\', '[[[[', '1,,', '"a" "b"', '\u0000', '\ud800', '{}', 'true', '"("', '"[a-"', '"(?<x"', '💥'),
);
const id = fc.oneof(fc.constantFrom('1', '2', '0', '01', '-1', '1.0', '1e3', 'x', ' 1'), junk.map(encodeSafely));
const sub = fc.constantFrom(
  '',
  '/app_runs',
  '/action_result',
  '/approvals',
  '/detail_summary_view',
  '/actions',
  '/x',
  '/',
);
const path = fc.oneof(
  resource.map((name) => `/rest/${name}`),
  fc.tuple(resource, id, sub).map(([name, number, rest]) => `/rest/${name}/${number}${rest}`),
  junk.map((text) => `/${encodeSafely(text)}`),
);
const key = fc.oneof(
  fc.constantFrom('page', 'page_size', 'sort', 'order', 'include_expensive', 'pretty'),
  fc
    .tuple(
      fc.constantFrom('_filter_', '_exclude_'),
      fc.constantFrom(
        'id',
        'name',
        'action_run',
        'container_id',
        'targets',
        'cef__a__b',
        '__proto__',
        'constructor',
        '',
      ),
      fc.constantFrom(
        '',
        '__in',
        '__range',
        '__regex',
        '__iregex',
        '__isnull',
        '__gt',
        '__contains',
        '__nothing',
        '__',
      ),
    )
    .map((parts) => parts.join('')),
);
const query = fc
  .array(fc.tuple(key, junk), { maxLength: 3 })
  .map((pairs) => pairs.map(([name, value]) => `${name}=${encodeSafely(value)}`).join('&'));

const bodies = [
  geolocate(['8.8.8.8', 7]),
  simulate([{ seconds: '9', bytes: 10 }]),
  { cancel: true },
  { status: 'approve', responses: [] },
  { container_id: 1, name: 'x', label: 'events', content: 'y', comment: 'z', cef: {}, tags: [] },
];
const wrong = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom<unknown>(null, [], {}, '', 0, -1, 1e308, [[]], { __proto__: 1 }),
);
/** A body that would do, but for one value somewhere in it. */
const mutated = fc
  .tuple(fc.constantFrom(...bodies), wrong, fc.integer({ min: 2, max: 14 }))
  .map(([body, value, place]) => {
    let at = 0;
    return JSON.stringify(body, (_key, original: unknown) => {
      at += 1;
      return at === place ? value : original;
    });
  });
const body = fc.oneof(
  mutated,
  fc.tuple(mutated, fc.nat(60)).map(([text, cut]) => text.slice(0, -cut)),
  fc.json(),
  junk,
  fc.constantFrom(
    '',
    '[]',
    '[{}]',
    '[null]',
    '"',
    '{"__proto__":{"polluted":true}}',
    '['.repeat(50_000),
    `${'['.repeat(200)}${']'.repeat(200)}`,
  ),
);
const request = fc.record({
  method: fc.constantFrom('GET', 'POST', 'POST', 'DELETE', 'PUT', 'PATCH', 'OPTIONS'),
  path,
  query,
  body,
});

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
  for (const { method, path: at, query: search, body: text } of fc.sample(request, { seed: SEED, numRuns: REQUESTS })) {
    const sent = method === 'GET' ? undefined : text;
    const fault = faultOf(await client.send(method, `${at}?${search}`, sent, client.basic()));
    if (fault !== undefined) faults.push(`${method} ${at}?${search} ${text.slice(0, 200)} → ${fault}`);
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
