import { batchProgress, brokenRun, describeBatch, finishedRun } from '../../../src/model/batch-state.js';

const TOTALS = { total: 12, distinct: 10, runsPlanned: 2 };
const MOMENT = { runsInFlight: 1, cancelRequested: false };
const NO_RESULT = { outcome: 'success', message: 'fine', actionRunId: 7, appRuns: [{ id: 70 }] } as const;

function failures(...indices: number[]): { failures: { index: number }[] } {
  return { failures: indices.map((index) => ({ index })) };
}

describe('a run of a batch', () => {
  it('succeeded for every item that no app_run reports as failed', () => {
    expect(finishedRun('batch/0', 0, 5, NO_RESULT)).toEqual({
      workflowId: 'batch/0',
      firstItem: 0,
      items: 5,
      succeeded: 5,
      actionRunId: 7,
      appRunIds: [70],
      outcome: 'success',
      message: 'fine',
    });
  });

  it('counts an item once that failed on several assets', () => {
    const appRuns = [
      { id: 70, resultsOmitted: failures(0, 3) },
      { id: 71, resultsOmitted: failures(3, 4) },
    ];
    expect(finishedRun('batch/0', 0, 5, { ...NO_RESULT, appRuns }).succeeded).toBe(2);
  });

  it.each(['failed', 'denied', 'expired', 'cancelled', 'timedOut'] as const)(
    'that ended %s succeeded for no item',
    (outcome) => {
      expect(finishedRun('batch/0', 0, 5, { ...NO_RESULT, outcome })).toMatchObject({ succeeded: 0, outcome });
    },
  );

  it('whose workflow broke has failed, with the reason and nothing of SOAR', () => {
    expect(brokenRun('batch/5', 5, 3, 'x'.repeat(5_000))).toEqual({
      workflowId: 'batch/5',
      firstItem: 5,
      items: 3,
      succeeded: 0,
      actionRunId: null,
      appRunIds: [],
      outcome: 'failed',
      message: 'x'.repeat(300),
    });
  });

  it('keeps a bounded message', () => {
    expect(finishedRun('batch/0', 0, 1, { ...NO_RESULT, message: 'y'.repeat(5_000) }).message).toHaveLength(300);
  });
});

describe('the progress of a batch', () => {
  it('is all zero before the first run has ended', () => {
    expect(batchProgress(TOTALS, [], MOMENT)).toEqual({ ...TOTALS, ...MOMENT, done: 0, succeeded: 0, failed: 0 });
  });

  it('adds up what the runs have come to', () => {
    const partly = finishedRun('batch/0', 0, 5, { ...NO_RESULT, appRuns: [{ id: 70, resultsOmitted: failures(1) }] });
    const runs = [partly, brokenRun('batch/5', 5, 3, 'refused')];
    expect(batchProgress(TOTALS, runs, MOMENT)).toMatchObject({ done: 8, succeeded: 4, failed: 4 });
  });

  it('reads as Markdown in which the action has none of its own', () => {
    const progress = batchProgress(TOTALS, [], { ...MOMENT, cancelRequested: true });
    expect(describeBatch('[geo](http://x) *ip*', progress)).toBe(
      [
        '**\\[geo\\](http://x) \\*ip\\*** on 12 items, 10 of them different',
        '0 done: 0 succeeded, 0 failed',
        '1 of 2 action_runs in flight',
        'Cancel requested.',
      ].join('\n\n'),
    );
  });
});
