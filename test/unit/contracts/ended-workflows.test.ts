import { checkBatchResult, checkGroupResult, checkRunResult } from '../../../src/contracts/ended-workflows.js';
import { readChildRanges } from '../../../src/contracts/run-action-group.js';
import { fromRanges, toRanges } from '../../../src/model/batch/ranges.js';

const TAG = 'soar-runner:01a2b3c4-0000-4000-8000-000000000001';
const ended = { outcome: 'success', message: '', actionRunId: 1 };
const run = { ...ended, actionRun: { id: 1 }, appRuns: [{ id: 2, resultsOmitted: { count: 3, failures: [] } }] };
const withAppRun = (appRun: object): object => ({ ...run, appRuns: [{ ...run.appRuns[0], ...appRun }] });
const grouped = { ...ended, appRunIds: [2], index: 0, items: [[0, 3]] };
const batch = { distinct: 5, childrenStarted: 1 };

describe('what a workflow ended with', () => {
  it.each([
    ['a runAction', checkRunResult, run],
    ['a runAction, with fields that are not used', checkRunResult, { ...run, cancel: {}, later: 1 }],
    ['a runActionGroup', checkGroupResult, { tag: TAG, runs: [grouped, { ...grouped, reused: true }], handedBack: [] }],
    ['an enrichBatch', checkBatchResult, batch],
  ])('control: is taken as it is: %s', (_what, check, result) => {
    expect(check(result).ok).toBe(true);
  });

  it.each([
    ['an id that is a path', checkRunResult, withAppRun({ id: '../container/1?x=' })],
    ['half an id', checkRunResult, withAppRun({ id: 1.5 })],
    ['more results than there can be', checkRunResult, withAppRun({ resultsOmitted: { count: 1e15, failures: [] } })],
    ['no failures', checkRunResult, withAppRun({ resultsOmitted: { count: 1 } })],
    ['an outcome that is none', checkRunResult, { ...run, outcome: {} }],
    ['an id that is a path, in a group', checkGroupResult, { tag: TAG, runs: [{ ...grouped, appRunIds: ['../x'] }] }],
    ['a tag that is none', checkGroupResult, { tag: '[', runs: [grouped] }],
    ['a place that is none', checkGroupResult, { tag: TAG, runs: [{ ...grouped, items: [[0, -1]] }] }],
    ['places that are no list', checkGroupResult, { tag: TAG, runs: [{ ...grouped, items: 5 }] }],
    ['a billion children', checkBatchResult, { ...batch, childrenStarted: 1e9 }],
    ['half a child', checkBatchResult, { ...batch, childrenStarted: 1.5 }],
    ['items below none', checkBatchResult, { ...batch, distinct: -5 }],
  ])('is not taken with %s', (_what, check, result) => {
    expect(check(result).ok).toBe(false);
  });

  it('makes no more places than there are items, however many it says', () => {
    expect(fromRanges([[7, 1e15]], 3)).toEqual([7, 8, 9]);
    const often = Array.from({ length: 100_000 }, (): [number, number] => [0, 1_000]);
    expect(fromRanges(often, 1_000)).toHaveLength(1_000);
    expect(fromRanges(toRanges([4, 5, 9]), 3)).toEqual([4, 5, 9]);
  });

  it('a memo that is none has no items', () => {
    expect(readChildRanges({ items: [[[0, 2]]] })).toEqual([[[0, 2]]]);
    for (const memo of [{ items: [[[0, -1]]] }, { items: [[[0.5, 1]]] }, { items: 5 }, null])
      expect(readChildRanges(memo)).toEqual([]);
  });
});
