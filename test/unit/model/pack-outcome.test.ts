import { SOAR_ERROR_CODES } from '../../../src/model/error-codes.js';
import { runRecord } from '../../../src/model/batch/batch-progress.js';
import {
  mayHaveRun,
  NO_RESULTS,
  outcomeOf,
  reasonOf,
  summaryOfFailure,
  summaryOfRun,
} from '../../../src/model/batch/pack-outcome.js';
import type { ItemsAccount, RunResult } from '../../../src/model/batch/pack-outcome.js';
import { toRanges } from '../../../src/model/batch/ranges.js';

const RESULT = { outcome: 'success', message: 'fine', actionRunId: 7, actionRun: {}, appRuns: [{ id: 70 }] } as const;

/** The first `count` items have a result, and these of them failed. */
function account(count: number, ...failed: number[]): ItemsAccount {
  const succeeded = Array.from({ length: count }, (_, place) => place).filter((place) => !failed.includes(place));
  return { succeeded: toRanges(succeeded), failed: toRanges(failed), unread: [] };
}

const ITEMS = 4;
const outcomeOfRun = (result: RunResult, isRepeatable: boolean, own = NO_RESULTS) =>
  outcomeOf(summaryOfRun(result, own), ITEMS, isRepeatable);

describe('a run of a batch', () => {
  it('is kept with its items as ranges', () => {
    expect(runRecord('batch/0', [5, 6, 7, 20], summaryOfRun(RESULT, NO_RESULTS))).toEqual({
      workflowId: 'batch/0',
      items: [
        [5, 3],
        [20, 1],
      ],
      actionRunId: 7,
      appRunIds: [70],
      outcome: 'success',
      message: 'fine',
    });
  });

  it('that failed before any app_run is tried again: it ran nothing', () => {
    const failed = { ...RESULT, outcome: 'failed', appRuns: [] } as const;
    expect(outcomeOfRun(failed, false)).toMatchObject({ mayRunRest: true });
  });

  it('whose app_run failed without a result is tried again only if that changes nothing', () => {
    const crashed = { ...RESULT, outcome: 'failed', appRuns: [{ id: 1 }] } as const;
    expect(outcomeOfRun(crashed, true)).toMatchObject({ mayRunRest: true });
    expect(outcomeOfRun(crashed, false)).toMatchObject({ mayRunRest: false });
  });

  it('that broke off has run its rest only if that is known, and runs it again only if that changes nothing', () => {
    const brokenOff = { ...RESULT, outcome: 'failed', appRuns: [{ id: 1 }] } as const;
    const own = account(3, 1);
    expect(mayHaveRun(summaryOfRun(brokenOff, own), ITEMS)).toBe(true);
    expect(mayHaveRun(summaryOfRun(brokenOff, own), 3)).toBe(false);
    expect(outcomeOfRun(brokenOff, true, own)).toEqual({
      succeeded: new Set([0, 2]),
      failed: new Set([1]),
      unread: new Set(),
      isReplaced: false,
      mayRetry: true,
      mayRunRest: true,
    });
    expect(outcomeOfRun(brokenOff, false, own)).toMatchObject({ mayRunRest: false });
  });

  it('of which nothing is said counts no item as run or not run, where its app_runs cannot be read', () => {
    const unread = { ...RESULT, appRuns: [], incomplete: ['app_runs are missing: -Infinity'] };
    expect(summaryOfRun(unread, NO_RESULTS)).toMatchObject({ ranNothing: false, unread: unread.incomplete[0] });
  });

  it('that nobody can find any more is not tried again: it may have run', () => {
    const missing = { ...RESULT, outcome: 'failed', actionRun: null, appRuns: [] } as const;
    expect(outcomeOfRun(missing, false)).toMatchObject({ mayRunRest: false });
  });

  it.each([
    ['shows no app_run', [], 0],
    ['shows no results', [{ id: 1 }], 0],
    ['shows too few results', [{ id: 1 }], 1],
  ])('that succeeded fails the items of which SOAR %s: nobody has seen that they ran', (_what, appRuns, count) => {
    const outcome = outcomeOfRun({ ...RESULT, appRuns }, true, account(count));
    expect(outcome).toMatchObject({
      succeeded: new Set(account(count).succeeded.flatMap(([n]) => n)),
      mayRunRest: false,
    });
  });

  it.each(['denied', 'expired', 'cancelled', 'timedOut'] as const)('that ended %s is not tried again', (outcome) => {
    expect(outcomeOfRun({ ...RESULT, outcome, appRuns: [] }, true)).toMatchObject({
      mayRetry: false,
      mayRunRest: false,
    });
  });

  it('that SOAR refused is tried again only if the refusal may be about an item', () => {
    const refused = (code?: string) => outcomeOf(summaryOfFailure('refused', code), ITEMS, true);
    expect(refused(SOAR_ERROR_CODES.BAD_REQUEST).mayRunRest).toBe(true);
    expect(refused(SOAR_ERROR_CODES.UNAUTHORIZED).mayRunRest).toBe(false);
    expect(refused().mayRunRest).toBe(false);
  });

  it('whose workflow broke is kept with a bounded reason and nothing of SOAR', () => {
    const record = runRecord('batch/5', [5], summaryOfFailure('x'.repeat(5_000)));
    expect(record).toMatchObject({ actionRunId: null, appRunIds: [], outcome: 'failed' });
    expect(record.message).toMatch(/^x{300}… \(4700 more characters\)$/);
  });
});

describe('why a run ended as it did', () => {
  const failed = (message?: string | null) => ({ status: 'failed', message });
  it.each([
    ['the only app_run that failed', 'failed', [failed('no route')], 'no route'],
    [
      'the first of several',
      'failed',
      [failed('no route'), failed('timeout')],
      'no route (and 1 more of its app_runs failed)',
    ],
    ['what SOAR says of the run, where no app_run says more', 'failed', [failed(''), failed(null)], '1 actions failed'],
    ['what SOAR says of the run, where none ran', 'failed', [], '1 actions failed'],
    ['what SOAR says of a cancel', 'cancelled', [failed('killed')], '1 actions failed'],
    ['what SOAR says of a success', 'success', [failed('one of them')], '1 actions failed'],
  ] as const)('is %s', (_what, outcome, appRuns, reason) => {
    expect(reasonOf({ outcome, message: '1 actions failed', appRuns })).toBe(reason);
  });
});
