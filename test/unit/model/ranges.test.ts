import { rowsText } from '../../../src/model/batch/ranges.js';

describe('the places of a batch’s items as rows', () => {
  it.each([
    [[0], 'row 1'],
    [[0, 1, 2], 'rows 1-3'],
    [[102, 100, 101], 'rows 101-103'],
    [[0, 1, 7, 9, 10], 'rows 1-2, 8, 10-11'],
  ])('%j are %s', (places, text) => {
    expect(rowsText(places)).toBe(text);
  });
});
