/** Shorter ones could be anything: a password `1` must not spoil every answer that has a 1 in it. */
const MIN_SECRET_CHARACTERS = 8;
const REDACTED = '[redacted]';

/** Takes secrets out of a text from outside, however it spells them. */
export function redact(text: string, secrets: readonly string[]): string {
  return secrets.length === 0 ? text : text.replace(patternOf(secrets), REDACTED);
}

/**
 * A good answer without the secrets that it repeats: in the values and the names of its fields. Most have none, and are kept.
 *
 * @param text the answer as it came
 */
export function withoutSecrets(json: unknown, text: string, secrets: readonly string[]): unknown {
  const long = secrets.filter(({ length }) => length >= MIN_SECRET_CHARACTERS);
  if (long.length === 0 || text.search(patternOf(long)) === -1) return json;
  const clean = (value: unknown): unknown => {
    if (typeof value === 'string') return redact(value, long);
    if (Array.isArray(value)) return value.map(clean);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [redact(name, long), clean(inner)]));
  };
  return clean(json);
}

const patterns = new Map<string, RegExp>();
const MAX_PATTERNS = 100;

/** The secrets of a worker are few and stay; building their pattern takes longer than looking for it in a usual answer. */
function patternOf(secrets: readonly string[]): RegExp {
  const key = JSON.stringify(secrets);
  const known = patterns.get(key);
  if (known) return known;
  if (patterns.size >= MAX_PATTERNS) patterns.clear();
  const pattern = new RegExp(secrets.flatMap(spellingsOf).join('|'), 'g');
  patterns.set(key, pattern);
  return pattern;
}

/** Patterns of a secret as it is, with any of its characters escaped, in hexadecimal digits, and somewhere in base64. */
function spellingsOf(secret: string): string[] {
  const characters = Array.from(secret, spellingsOfCharacter).join('');
  const hex = anyCase(Buffer.from(secret, 'utf8').toString('hex'));
  return [characters, hex, ...[0, 1, 2].map((offset) => inBase64(secret, offset)).filter((core) => core !== '')];
}

/** As it is, and as a URL, JSON or HTML has it. */
function spellingsOfCharacter(character: string): string {
  const bytes = [...Buffer.from(character, 'utf8')];
  const units = Array.from({ length: character.length }, (_unit, index) => character.charCodeAt(index));
  const point = character.codePointAt(0) ?? 0;
  return `(?:${[
    asPattern(character),
    bytes.map((byte) => `%${hexOf(byte, 2)}`).join(''),
    units.map((unit) => `\\\\u${hexOf(unit, 4)}`).join(''),
    `&#0*${point};`,
    `&#[xX]0*${hexOf(point, 1)};`,
    ...('"\\/'.includes(character) ? [`\\\\${asPattern(character)}`] : []),
  ].join('|')})`;
}

function hexOf(value: number, digits: number): string {
  return anyCase(value.toString(16).padStart(digits, '0'));
}

function anyCase(hex: string): string {
  return hex.replace(/[a-f]/g, (letter) => `[${letter}${letter.toUpperCase()}]`);
}

function asPattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}

/** Fewer could stand in any base64. */
const MIN_CORE_CHARACTERS = 10;

const EDGE = '[\\w+/-]?';

/**
 * What of the secret's base64 does not depend on what stands before and behind it, if `offset` bytes of three are before it:
 * `base64("user:secret")` has it too. Of a short secret that is too little to be told.
 */
function inBase64(secret: string, offset: number): string {
  const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(secret, 'utf8')]);
  const core = bytes.toString('base64').slice(Math.ceil((offset * 8) / 6), Math.floor((bytes.length * 8) / 6));
  if (core.length < MIN_CORE_CHARACTERS) return '';
  // The characters at its edges have bits of the secret, too.
  const [before, behind] = [offset > 0 ? EDGE : '', bytes.length % 3 > 0 ? `${EDGE}={0,2}` : ''];
  return `${before}${core.replace(/[+/]/g, (mark) => (mark === '+' ? '[+-]' : '[/_]'))}${behind}`;
}
