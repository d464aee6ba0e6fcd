import { rowsOfRun } from '../../../../src/cli/job/result-store.js';
import type { AppRunResults } from '../../../../src/soar/bulk-results.js';
import type { BatchRun } from '../../../../src/contracts/enrich-batch.js';
import type { ActionResult } from '../../../../src/contracts/soar.js';
import { itemRow } from '../support/rows.js';

const RUN: BatchRun = {
  workflowId: 'batch/0',
  items: [[0, 2]],
  actionRunId: 7,
  appRunIds: [70],
  outcome: 'success',
  message: 'the run’s own message',
};
const ITEMS = [{ ip: '8.8.8.8' }, { ip: '1.1.1.1' }];
const CONTEXT = { guid: 'x', artifact_id: 0, parent_action_run: [] };

function result(
  parameter: Record<string, unknown> | null,
  message: string,
  over: Partial<ActionResult> = {},
): { result: ActionResult } {
  return { result: { status: 'success', message, data: [], parameter, ...over } };
}

function messages(items: readonly Record<string, unknown>[], ...appRuns: AppRunResults['results'][]): string[] {
  return rowsOfRun(
    RUN,
    items,
    appRuns.map((results) => ({ results })),
  ).map(({ message }) => message);
}

describe('the rows of a run', () => {
  it('are found by the parameters that SOAR repeats, whatever their order', () => {
    const results = [
      result({ ip: '1.1.1.1', context: CONTEXT }, 'one'),
      result({ context: CONTEXT, ip: '8.8.8.8' }, 'eight'),
    ];
    expect(messages(ITEMS, results)).toEqual(['eight', 'one']);
  });

  it('are found by their place where SOAR has changed the parameters', () => {
    expect(messages(ITEMS, [result({ ip: '8.8.8.8/32' }, 'first'), result(null, 'second')])).toEqual([
      'first',
      'second',
    ]);
  });

  it('carry the run’s message where there is no result, and SOAR changed the number of results', () => {
    expect(rowsOfRun(RUN, ITEMS, [{ results: [result({ ip: '1.1.1.1' }, 'one')] }])).toEqual([
      itemRow({ status: 'failed', message: RUN.message }),
      itemRow({ message: 'one' }),
    ]);
  });

  it('carry the reason where the results of an app_run cannot be had', () => {
    const [row] = rowsOfRun(RUN, ITEMS, [{ results: [], problem: 'it is gone' }]);
    expect(row).toEqual(itemRow({ status: 'failed', message: 'it is gone' }));
  });

  it('fail where the item failed on one of several assets', () => {
    const good = ITEMS.map((item) => result(item, 'good'));
    const bad = [result({ ip: '8.8.8.8' }, 'bad', { status: 'failed' }), result({ ip: '1.1.1.1' }, 'good')];
    expect(messages(ITEMS, good, bad)).toEqual(['bad', 'good']);
    expect(messages(ITEMS, bad, good)).toEqual(['bad', 'good']);
  });

  it('say of a result that is too large where it is, and leave the others as they are', () => {
    expect(messages(ITEMS, [{ unread: 'too large' }, result({ ip: '1.1.1.1' }, 'one')])).toEqual(['too large', 'one']);
  });

  it('name the earlier run that a result was taken from', () => {
    const reused = rowsOfRun({ ...RUN, reused: true }, ITEMS, [{ results: ITEMS.map((item) => result(item, 'old')) }]);
    expect(reused).toEqual(
      [0, 1].map(() => itemRow({ status: 'reused', message: 'old', actionRunId: null, reusedFrom: 7 })),
    );
  });

  it('are cancelled where the run was cancelled before the item', () => {
    expect(rowsOfRun({ ...RUN, outcome: 'cancelled' }, ITEMS, []).map(({ status }) => status)).toEqual([
      'cancelled',
      'cancelled',
    ]);
  });

  it.each([
    [
      'the scalar fields of the first entry',
      [{ country: 'US', asn: 15169, anycast: true, nothing: null, list: [1], object: {} }, { country: 'XX' }],
      { country: 'US', asn: '15169', anycast: 'true' },
    ],
    ['nothing where there is no data', null, {}],
    ['nothing of an empty list', [], {}],
    ['nothing of entries that are no objects', ['x'], {}],
    ['the fields of an object in the place of the list', { country: 'US' }, { country: 'US' }],
  ])('have %s of the data', (_what, data, fields) => {
    const results = [result({ ip: '8.8.8.8' }, 'x', { data })];
    expect(rowsOfRun(RUN, ITEMS.slice(0, 1), [{ results }])[0]?.fields).toEqual(fields);
  });
});
