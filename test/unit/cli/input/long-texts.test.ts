import { Columns } from '../../../../src/cli/input/columns.js';
import { isList, partsOf, readIndicator } from '../../../../src/cli/input/indicator/spelling.js';
import { readValues } from '../../../../src/cli/input/indicator/values.js';
import { trimmed } from '../../../../src/cli/input/row.js';

// Where the time grew with the square of the length, each of these took minutes.
const LONG = 500_000;

describe('a text that somebody has made long is read in the time of a test:', () => {
  it.each([' ', '\t', '\u00a0', '\u200b'])('filled with %j', (blank) => {
    const text = `\u200ba${blank.repeat(LONG)}b`;
    expect(trimmed(text)).toBe(text.slice(1));
  });

  it.each([' ', '\t', "'", '"', '[', '(', '\\', '.'])('an indicator filled with %j', (mark) => {
    const text = `8${mark.repeat(LONG)}8`;
    expect(readIndicator(text, ['ip'])).toBeUndefined();
    expect(partsOf(text).join('').length).toBeLessThanOrEqual(text.length);
  });

  it.each(['[]', '()', "''"])('an indicator between many %s', ([open = '', close = '']) => {
    const text = `${open.repeat(LONG)}8${close.repeat(LONG)}`;
    expect(readIndicator(text, ['ip'])).toBeUndefined();
    expect(isList(text)).toBe(false);
  });

  it.each([' ', '"', 'a', '1.', 'a:', '=', '(', ', ', '://', '"GET / HTTP/1.1" ', ' [10/Oct/2024:13:55:36 +0000] "'])(
    'a line filled with %j',
    (part) => {
      const line = `8.8.8.8 ${part.repeat(LONG / part.length)}x`;
      expect(readValues(line, { kinds: ['ip'] }, true)).toHaveProperty('values', ['8.8.8.8']);
      expect(readValues(line, { kinds: ['ip'] })).toBeDefined();
    },
  );

  it('what begins as a STIX pattern', () => {
    expect(isList(`[${'a:a '.repeat(LONG)}`)).toBe(false);
  });

  it('a header of columns that all have one name', () => {
    const columns = new Columns(() => undefined);
    for (let n = 0; n < LONG; n++) columns.add('a');
    expect(new Set(columns.names).size).toBe(LONG);
    expect(columns.names.slice(0, 3)).toEqual(['a', 'a_2', 'a_3']);
  });
});
