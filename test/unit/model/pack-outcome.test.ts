import { SOAR_ERROR_CODES } from '../../../src/model/http-status-errors.js';
import { runRecord } from '../../../src/model/batch-progress.js';
import { reasonOf, summaryOfFailure, summaryOfRun, mayHaveRun, outcomeOf } from '../../../src/model/pack-outcome.js';
import type { RunResult } from '../../../src/model/pack-outcome.js';

const RESULT = { outcome: 'success', message: 'fine', actionRunId: 7, actionRun: {}, appRuns: [{ id: 70 }] } as const;

function account(count: number, ...indices: number[]) {
  return { resultsOmitted: { count, failures: indices.map((index) => ({ index })) } };
}

const ITEMS = 4;
const outcomeOfRun = (result: RunResult, isRepeatable: boolean) => outcomeOf(summaryOfRun(result), ITEMS, isRepeatable);

describe('a run of a batch', () => {
  it('is kept with its items as ranges', () => {
    expect(runRecord('batch/0', [5, 6, 7, 20], summaryOfRun(RESULT))).toEqual({
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

  it('fails an item once that failed on several assets', () => {
    const appRuns = [
      { id: 70, ...account(4, 0, 3) },
      { id: 71, ...account(4, 3) },
    ];
    expect(outcomeOfRun({ ...RESULT, appRuns }, false)).toEqual({
      answered: ITEMS,
      failures: new Set([0, 3]),
      mayRetry: true,
      mayRunRest: false,
    });
  });

  it('counts none as succeeded where an app_run lists fewer failures than it has', () => {
    const listed = { count: 4, failures: [{ index: 1 }] };
    const failuresOf = (succeeded: number) =>
      summaryOfRun({ ...RESULT, appRuns: [{ id: 70, resultsOmitted: { ...listed, succeeded } }] }).failures;
    expect(failuresOf(3)).toEqual([1]);
    expect(failuresOf(2)).toEqual([0, 1, 2, 3]);
    expect(failuresOf(0)).toEqual([0, 1, 2, 3]);
  });

  it('that failed before any app_run is tried again: it ran nothing', () => {
    const failed = { ...RESULT, outcome: 'failed', appRuns: [] } as const;
    expect(outcomeOfRun(failed, false)).toMatchObject({ answered: 0, mayRunRest: true });
  });

  it('whose app_run failed without a result is tried again only where that changes nothing', () => {
    const crashed = { ...RESULT, outcome: 'failed', appRuns: [{ id: 1, ...account(0) }] } as const;
    expect(outcomeOfRun(crashed, true)).toMatchObject({ answered: 0, mayRunRest: true });
    expect(outcomeOfRun(crashed, false)).toMatchObject({ answered: 0, mayRunRest: false });
  });

  it('that broke off has run its rest only where that is known, and runs it again only where that changes nothing', () => {
    const brokenOff = { ...RESULT, outcome: 'failed', appRuns: [{ id: 1, ...account(3, 1) }] } as const;
    expect(mayHaveRun(summaryOfRun(brokenOff), ITEMS)).toBe(true);
    expect(mayHaveRun(summaryOfRun(brokenOff), 3)).toBe(false);
    expect(outcomeOfRun(brokenOff, true)).toEqual({
      answered: 3,
      failures: new Set([1]),
      mayRetry: true,
      mayRunRest: true,
    });
    expect(outcomeOfRun(brokenOff, false)).toMatchObject({ answered: 3, mayRunRest: false });
  });

  it('that nobody can find any more is not tried again: it may have run', () => {
    const missing = { ...RESULT, outcome: 'failed', actionRun: null, appRuns: [] } as const;
    expect(outcomeOfRun(missing, false)).toMatchObject({ mayRunRest: false });
  });

  it.each([
    ['shows no app_run', []],
    ['shows no results', [{ id: 1, ...account(0) }]],
    ['shows too few results', [{ id: 1, ...account(1) }]],
  ])('that succeeded fails the items of which SOAR %s: nobody has seen that they ran', (_what, appRuns) => {
    const answered = appRuns[0]?.resultsOmitted.count ?? 0;
    expect(outcomeOfRun({ ...RESULT, appRuns }, true)).toMatchObject({ answered, mayRunRest: false });
  });

  it.each(['denied', 'expired', 'cancelled', 'timedOut'] as const)('that ended %s is not tried again', (outcome) => {
    expect(outcomeOfRun({ ...RESULT, outcome, appRuns: [] }, true)).toMatchObject({
      mayRetry: false,
      mayRunRest: false,
    });
  });

  it('that SOAR refused is tried again only where the refusal may be about an item', () => {
    const refused = (code?: string) => outcomeOf(summaryOfFailure('refused', code), ITEMS, true);
    expect(refused(SOAR_ERROR_CODES.BAD_REQUEST).mayRunRest).toBe(true);
    expect(refused(SOAR_ERROR_CODES.UNAUTHORIZED).mayRunRest).toBe(false);
    expect(refused().mayRunRest).toBe(false);
  });

  it('whose workflow broke is kept with a bounded reason and nothing of SOAR', () => {
    expect(runRecord('batch/5', [5], summaryOfFailure('x'.repeat(5_000)))).toMatchObject({
      actionRunId: null,
      appRunIds: [],
      outcome: 'failed',
      message: 'x'.repeat(300),
    });
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
