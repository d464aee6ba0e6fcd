import { withoutFormula } from '../../../../src/cli/output/csv.js';
import { forTerminal, withoutControls } from '../../../../src/model/text.js';

describe('a text in a spreadsheet', () => {
  it.each([
    ['=1+1', "'=1+1"],
    ['+1', "'+1"],
    ['-1+1', "'-1+1"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['\uff1d1', "'\uff1d1"],
    ['\t=1', "'\t=1"],
    ['\r=1', "'\r=1"],
    [' =1', "' =1"],
    ['\ufeff=1', "'\ufeff=1"],
    ['\u00a0\u200b=1', "'\u00a0\u200b=1"],
    ['a;=1', "a;'=1"],
    ['a\t=1', "a\t'=1"],
    ['a\n=1', "a\n'=1"],
    ['a; @x', "a;' @x"],
    ['a;"=1"', `a;'"=1"`],
  ])('is no formula: %j becomes %j', (text, expected) => {
    expect(withoutFormula(text)).toBe(expected);
  });

  it.each([
    ['\t\t =1', "'\t\t =1"],
    ['a \t =1', "a \t' =1"],
    ['a;\t;=1', "a;\t;'=1"],
    ['a;b;=1;+2', "a;b;'=1;'+2"],
    ['==1', "'==1"],
    ['a =1', 'a =1'],
  ])('begins where a spreadsheet begins a cell: %j becomes %j', (text, expected) => {
    expect(withoutFormula(text)).toBe(expected);
  });

  it.each(['\t', ';', '\n', ' ', '"'])('is read in the time of a test where somebody has filled it with %j', (mark) => {
    const text = `a${mark.repeat(500_000)}b`;
    expect(withoutFormula(text)).toBe(text);
  });

  it.each(['-1', '-33.86', 'a=1', 'a-b', 'a, =1', '8.8.8.8', 'a;-5', ''])('stays as it is: %j', (text) => {
    expect(withoutFormula(text)).toBe(text);
  });
});

describe('a text that is shown', () => {
  it.each([
    ['a\u001b[31m', 'a\\u001b[31m'],
    ['a\u009b1m', 'a\\u009b1m'],
    ['a\u202eb', 'a\\u202eb'],
    ['8.8\u200b.8', '8.8\\u200b.8'],
    ['\ufeffa', '\\ufeffa'],
    ['a\u{e0041}', 'a\\udb40\\udc41'],
    ['a\u2028b', 'a\\u2028b'],
    ['a\0', 'a\\u0000'],
  ])('has what controls it escaped: %j', (text, expected) => {
    expect(withoutControls(text)).toBe(expected);
  });

  it.each(['a\tb\r\nc', 'münchen', '👩\u200d💻', 'می\u200cخواهم', 'a\u00a0b'])('is as it is: %j', (text) => {
    expect(withoutControls(text)).toBe(text);
  });

  it('moves no cursor on a terminal, either', () => {
    expect(forTerminal('fine\rFORGED\u001b[1A')).toBe('fine\\rFORGED\\u001b[1A');
  });

  it('means the same in JSON', () => {
    const json = JSON.stringify({ a: '8.8\u200b.8\u202e' });
    expect(JSON.parse(withoutControls(json))).toEqual(JSON.parse(json));
    expect(withoutControls(json)).not.toBe(json);
  });
});
