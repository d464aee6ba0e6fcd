import type { ActivityOptions, sleep } from '@temporalio/workflow';

type Duration = Parameters<typeof sleep>[0];

// Checked by the compiler, not by running: `ms` has no types that node16 finds, so without @types/ms what `sleep`
// takes is `any` (sdk-typescript issue 1668), the lines below compile, and the unused directives are errors.
const good: readonly Duration[] = [500, '5 minutes', '1h', '1.5 hours', '10s', '30 DAYS'];
// @ts-expect-error a misspelt unit is no duration
const misspelt: Duration = '5 minuts';
// @ts-expect-error neither is a number of nothing
const empty: Duration = 'soon';
// @ts-expect-error the same holds where Temporal's options take one
const options: ActivityOptions = { startToCloseTimeout: '5 minuts' };

describe('the types of durations', () => {
  it('keep these misspellings from compiling', () => {
    const written = [good.length, misspelt, empty, options];
    expect(written).toEqual([6, '5 minuts', 'soon', { startToCloseTimeout: '5 minuts' }]);
  });
});
