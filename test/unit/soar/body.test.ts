import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { SOAR_ERROR_CODES } from '../../../src/model/error-codes.js';
import { BodyProblem, decompress, MAX_JSON_DEPTH, parseJson } from '../../../src/soar/http/body.js';

const parse = (text: string) => parseJson(Buffer.from(text));

async function codeOf(read: () => unknown): Promise<string | undefined> {
  try {
    await read();
    return undefined;
  } catch (error) {
    return error instanceof BodyProblem ? error.code : 'another error';
  }
}

describe('parseJson', () => {
  it('drops keys named __proto__ at any depth and however they are spelt; JSON.parse, the control, keeps them', async () => {
    const text = '{"a": {"__proto__": {"x": 1}, "b": [{"\\u005f_proto__": 2, "c": 3}]}, "\\u005F\\u005fproto__": 4}';
    expect(await parse(text)).toEqual({ a: { b: [{ c: 3 }] } });
    expect(JSON.stringify(await parse(text))).not.toContain('proto');
    expect(JSON.stringify(JSON.parse(text))).toContain('__proto__');
  });

  it('leaves values that only speak of prototypes alone', async () => {
    expect(await parse('{"message": "__proto__ \\u005f", "constructor": 1}')).toEqual({
      message: '__proto__ _',
      constructor: 1,
    });
  });

  it.each(['[', '{"a":'])('takes nesting by %j up to the bound and not beyond', async (opening) => {
    const nested = (depth: number) => opening.repeat(depth) + '1' + (opening === '[' ? ']' : '}').repeat(depth);
    expect(await codeOf(() => parse(nested(MAX_JSON_DEPTH)))).toBeUndefined();
    expect(await codeOf(() => parse(nested(MAX_JSON_DEPTH + 1)))).toBe(SOAR_ERROR_CODES.BODY_UNREADABLE);
  });

  it('does not count brackets inside text', async () => {
    const text = JSON.stringify({ message: `\\"${'[{'.repeat(1_000)}` });
    expect(await parse(text)).toEqual(JSON.parse(text));
  });

  it('takes one byte order mark', async () => {
    expect(await parse('\ufeff{"a": 1}')).toEqual({ a: 1 });
    expect(await codeOf(() => parse('\ufeff\ufeff{}'))).toBe(SOAR_ERROR_CODES.BODY_UNREADABLE);
  });
});

describe('decompress', () => {
  const body = Buffer.from('{"version":"1"}');

  it.each([
    ['', body],
    ['identity', body],
    ['gzip', gzipSync(body)],
    ['X-GZIP', gzipSync(body)],
    ['deflate', deflateSync(body)],
    [' br ', brotliCompressSync(body)],
  ])('undoes %j', async (encoding, compressed) => {
    expect(await decompress(compressed, encoding, 100)).toEqual(body);
  });

  it.each([
    ['cut', gzipSync(body).subarray(0, 20), 'gzip', SOAR_ERROR_CODES.BODY_UNREADABLE],
    ['of another kind', body, 'gzip', SOAR_ERROR_CODES.BODY_UNREADABLE],
    ['twice compressed', gzipSync(gzipSync(body)), 'gzip, gzip', SOAR_ERROR_CODES.BODY_UNREADABLE],
    ['one byte too large', gzipSync(Buffer.alloc(101)), 'gzip', SOAR_ERROR_CODES.BODY_TOO_LARGE],
  ])('refuses a body that is %s', async (_what, compressed, encoding, code) => {
    await expect(decompress(compressed, encoding, 100)).rejects.toMatchObject({ code });
  });
});
