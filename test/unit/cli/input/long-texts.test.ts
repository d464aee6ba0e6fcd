import { Columns } from '../../../../src/cli/input/columns.js';
import { isList, partsOf, readIndicator } from '../../../../src/cli/input/indicator/spelling.js';
import { readValues } from '../../../../src/cli/input/indicator/values.js';
import { tableOf } from '../../../../src/cli/input/table/table.js';
import { survey } from '../../../../src/cli/input/json/find-rows.js';
import { trimmed } from '../../../../src/cli/input/row.js';
import type { ReadingRequest } from '../../../../src/cli/input/row.js';
import { checkRun } from '../../../../src/contracts/run-action.js';
import { protoFieldIn } from '../../../../src/model/json.js';

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

  it.each<[string, (depth: number) => string]>([
    ['lists', (depth) => '['.repeat(depth) + ']'.repeat(depth)],
    ['objects', (depth) => `${'{"ip":'.repeat(depth)}1${'}'.repeat(depth)}`],
    ['a row', (depth) => `[{"ip":"192.0.2.1","x":${'['.repeat(depth)}${']'.repeat(depth)}}]`],
  ])('JSON of 100,000 levels: %s', (_what, text) => {
    const head = text(LONG / 5);
    expect(survey(head, 'ip').lists.size).toBeLessThanOrEqual(200);
    expect(protoFieldIn(JSON.parse(head))).toBeUndefined();
    expect(checkRun({ request: JSON.parse(head) as unknown, options: null })).toMatchObject({ ok: false });
  });

  it('the place of a field that no object can have, under 20,000 levels', () => {
    const depth = 20_000;
    const value: unknown = JSON.parse(`${'{"a":'.repeat(depth)}{"__proto__":1}${'}'.repeat(depth)}`);
    expect(protoFieldIn(value)).toHaveLength(depth + 1);
  });

  it('the refusal of a table that has 200,001 columns of the name is a line', () => {
    const header = Array.from({ length: 200_001 }, () => 'ip');
    const request = { mapping: { parameter: 'ip' }, facts: { kinds: ['ip'] } } as unknown as ReadingRequest;
    const read = (): unknown => tableOf('a.csv', header, [], new Columns(() => undefined), request);
    expect(read).toThrow(/^a\.csv has 200001 columns "ip"; say which by its place: .{0,100} or …\.$/);
  });
});
