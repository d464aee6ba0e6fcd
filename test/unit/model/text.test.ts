import fc from 'fast-check';
import { jsonBytes } from '../../../src/model/json.js';
import { cut, cutToBytes, durationText, textOr, timeText, wellFormed } from '../../../src/model/text.js';

describe('a text', () => {
  it('that is short enough stays as it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.nat(), (text, more) => {
        expect(cut(text, text.length + more)).toBe(text);
      }),
    );
  });

  it('that is cut says how much is missing', () => {
    expect(cut('abcdef', 4)).toBe('abcd… (2 more characters)');
    expect(cut('abcdef', 0)).toBe('… (6 more characters)');
  });

  it('that is cut through a character has no half of it left', () => {
    expect(cut('ab😀', 3)).toBe('ab\ufffd… (1 more characters)');
  });

  it('is well-formed afterwards, and the same where it was so before', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (whole) => {
        expect(wellFormed(whole)).toBe(whole);
      }),
    );
    expect(wellFormed('\ud83d and \ude00, 😀')).toBe('\ufffd and \ufffd, 😀');
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

describe('a text that is cut to bytes', () => {
  it('is its own beginning, whole characters, and never longer', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.nat(40), (text, maxBytes) => {
        const cutText = cutToBytes(text, maxBytes);
        expect(wellFormed(text).startsWith(cutText)).toBe(true);
        expect(new TextEncoder().encode(cutText).length).toBeLessThanOrEqual(maxBytes);
      }),
    );
  });
});

describe('a time as people read it', () => {
  it.each([
    [0, '0s'],
    [8, '8s'],
    [185, '3m05s'],
    [3_720, '1h02m'],
    [360_000, '100h00m'],
  ])('%d seconds are %s', (seconds, text) => {
    expect(durationText(seconds)).toBe(text);
  });

  it.each([
    ['2026-11-26T13:49:39.910000Z', '2026-11-26 13:49 UTC'],
    ['2026-01-01T00:00:00Z', '2026-01-01 00:00 UTC'],
    ['tomorrow', 'tomorrow'],
  ])('%s is %s', (iso, text) => {
    expect(timeText(iso)).toBe(text);
  });
});
