import { timeLeft } from '../../../../src/cli/job/progress.js';

test.each([
  [0, 100, '0s'],
  [5, 0, '…'],
  [800, 100, '8s'],
  [801, 100, '9s'],
  [6_500, 100, '1m05s'],
  [372_000, 100, '1h02m'],
])('%d items at %d a second take %s', (items, rate, text) => {
  expect(timeLeft(items, rate)).toBe(text);
});
