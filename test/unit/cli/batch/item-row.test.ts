import { rowsOfRun } from '../../../../src/cli/batch/item-row.js';
import type { BatchRun } from '../../../../src/contracts/enrich-batch.js';
import type { ActionResult } from '../../../../src/contracts/soar/action-result.js';

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
  data: ActionResult['data'] = [],
): ActionResult {
  return { status: 'success', message, data, parameter };
}

function messages(items: readonly Record<string, unknown>[], results: readonly ActionResult[]): string[] {
  return rowsOfRun(RUN, items, results).map(({ message }) => message);
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
    expect(rowsOfRun(RUN, ITEMS, [result({ ip: '1.1.1.1' }, 'one')])).toEqual([
      { status: 'failed', message: RUN.message, fields: {}, actionRunId: 7 },
      { status: 'success', message: 'one', fields: {}, actionRunId: 7 },
    ]);
  });

  it('have the scalar fields of the first entry of the data', () => {
    const data = [
      { country: 'US', asn: 15169, anycast: true, nothing: null, list: [1], object: {} },
      { country: 'XX' },
    ];
    const [row] = rowsOfRun(RUN, ITEMS.slice(0, 1), [result({ ip: '8.8.8.8' }, 'x', data)]);
    expect(row?.fields).toEqual({ country: 'US', asn: '15169', anycast: 'true' });
  });

  it.each([
    ['no data', null, {}],
    ['an empty list', [], {}],
    ['entries that are no objects', ['x'], {}],
    ['an object in the place of the list', { country: 'US' }, { country: 'US' }],
  ])('are made from %s', (_what, data, fields) => {
    expect(rowsOfRun(RUN, ITEMS.slice(0, 1), [result({ ip: '8.8.8.8' }, 'x', data)])[0]?.fields).toEqual(fields);
  });
});
