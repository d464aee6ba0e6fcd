import fc from 'fast-check';
import { cut, jsonBytes, textOr } from '../../../src/model/text.js';

describe('a text', () => {
  it('that is short enough stays as it is', () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(), (text, more) => {
        expect(cut(text, text.length + more)).toBe(text);
      }),
    );
  });

  it('that is cut says how much is missing', () => {
    expect(cut('abcdef', 4)).toBe('abcd… (2 more characters)');
    expect(cut('abcdef', 0)).toBe('… (6 more characters)');
  });

  it('stands in for what is none', () => {
    expect([textOr('', 'x'), textOr('a', 'x'), textOr(1, 'x'), textOr(undefined, 'x')]).toEqual(['', 'a', 'x', 'x']);
  });
});

describe('the size of a value as JSON', () => {
  it('is counted in bytes of UTF-8, as it is sent', () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
        expect(jsonBytes(value)).toBe(Buffer.byteLength(JSON.stringify(value)));
      }),
    );
    expect(jsonBytes('é')).toBe(4);
  });
});
