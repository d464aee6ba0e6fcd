import { gzipSync } from 'node:zlib';

/** One spoilt answer: what it was made by, and what goes on the wire. */
export interface Mutant {
  readonly kind: string;
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: Buffer;
}

/** The bound the client under test is given; oversized mutants are larger, compressed ones much larger once unpacked. */
export const MAX_BODY_BYTES = 256 * 1024;

/** How large the bombs are when they go off. */
export const BOMB_BYTES = 100 * 1024 * 1024;

const BOMB = gzipSync(Buffer.alloc(BOMB_BYTES, ' '), { level: 9 });
const BOM = Buffer.from([0xef, 0xbb, 0xbf]);
const PROTOTYPE_KEYS = ['"__proto__"', '"\\u005f_proto__"', '"__pr\\u006fto__"'];
const OTHER_TYPES = ['null', 'true', '-1', '1e400', '"text"', '[]', '{}', '[[{}]]'];

type Random = (below: number) => number;
type Mutation = (text: string, random: Random) => Partial<Mutant>;

const MUTATIONS: [string, Mutation][] = [
  ['intact', (text) => ({ body: Buffer.from(text) })],
  ['truncated', (text, random) => ({ body: Buffer.from(text).subarray(0, random(text.length)) })],
  [
    'html',
    (text) => ({ headers: { 'content-type': 'text/html' }, body: Buffer.from(`<html><body>${text}</body></html>`) }),
  ],
  ['wrong type', (text, random) => ({ body: Buffer.from(replaceValue(text, random)) })],
  ['bad UTF-8', (text, random) => ({ body: insert(Buffer.from(text), Buffer.from([0xc3, 0x28]), random) })],
  ['byte flips', (text, random) => ({ body: flip(Buffer.from(text), random) })],
  ['byte order mark', (text) => ({ body: Buffer.concat([BOM, Buffer.from(text)]) })],
  ['duplicate keys', (text) => ({ body: Buffer.from(text.replace(/\}\s*$/, ',"id":48,"status":"failed"}')) })],
  ['prototype', (text, random) => ({ body: Buffer.from(withPrototypeKey(text, random)) })],
  ['deep', (text, random) => ({ body: Buffer.from(text.replace('"targets": [', `"targets": [${nested(random)},`)) })],
  ['oversized', () => ({ body: Buffer.alloc(MAX_BODY_BYTES + 1, ' ') })],
  ['gzip bomb', () => ({ headers: { 'content-encoding': 'gzip' }, body: BOMB })],
  ['gzip', (text) => ({ headers: { 'content-encoding': 'gzip' }, body: gzipSync(text) })],
  [
    'false encoding',
    (text, random) => ({
      headers: { 'content-encoding': pick(['gzip', 'br', 'zstd'], random) },
      body: Buffer.from(text),
    }),
  ],
  ['failed', (text) => ({ body: Buffer.from(text.replace('{', '{"failed": true,')) })],
  ['error status', (text, random) => ({ status: 300 + random(300), body: Buffer.from(text) })],
  ['empty', () => ({ body: Buffer.alloc(0) })],
];

/** As many mutants of a JSON text as are asked for; the same seed gives the same ones. */
export function* mutantsOf(text: string, count: number, seed: number): Generator<Mutant> {
  const random = seeded(seed);
  for (let n = 0; n < count; n += 1) {
    const [kind, mutate] = pick(MUTATIONS, random);
    yield { kind, status: 200, headers: {}, body: Buffer.alloc(0), ...mutate(text, random) };
  }
}

/** The mulberry32 generator: small, and good enough to spoil bytes. */
function seeded(seed: number): Random {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

function pick<T>(choices: readonly T[], random: Random): T {
  const choice = choices[random(choices.length)];
  if (choice === undefined) throw new Error('nothing to choose from');
  return choice;
}

/** Works on indented JSON: one field of the outermost object, on a line of its own, gets a value of another type. */
function replaceValue(text: string, random: Random): string {
  const lines = text.split('\n');
  const fields = lines.filter((line) => /^ {2}"\w+": [^[{]/.test(line));
  const chosen = pick(fields, random);
  const spoilt = chosen.replace(/: .*?(,?)$/, `: ${pick(OTHER_TYPES, random)}$1`);
  return lines.map((line) => (line === chosen ? spoilt : line)).join('\n');
}

function insert(body: Buffer, bytes: Buffer, random: Random): Buffer {
  const at = random(body.length);
  return Buffer.concat([body.subarray(0, at), bytes, body.subarray(at)]);
}

function flip(body: Buffer, random: Random): Buffer {
  for (let n = 1 + random(4); n > 0; n -= 1) body[random(body.length)] = random(256);
  return body;
}

function withPrototypeKey(text: string, random: Random): string {
  const places = [...text.matchAll(/\{/g)];
  const at = pick(places, random).index + 1;
  return `${text.slice(0, at)}${pick(PROTOTYPE_KEYS, random)}: {"polluted": true, "status": "success"},${text.slice(at)}`;
}

function nested(random: Random): string {
  const depth = 10_000 + random(10_000);
  return random(2) === 0 ? '['.repeat(depth) + ']'.repeat(depth) : '{"a":'.repeat(depth) + '1' + '}'.repeat(depth);
}
