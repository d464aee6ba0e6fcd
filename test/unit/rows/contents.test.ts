import { itemRow } from '../../../src/cli/job/result-store.js';
import type { ActionResult } from '../../../src/contracts/soar.js';
import { contentsOf } from '../../../src/rows/contents.js';
import type { RowContent, RowsRun } from '../../../src/rows/contents.js';
import type { RunResults } from '../../../src/rows/our-results.js';

const RUN: RowsRun = {
  summary: { actionRunId: 7, appRunIds: [70], outcome: 'success', message: '1 actions succeeded' },
  mark: '[ours]',
  isReused: false,
};
const ITEMS = [{ ip: '8.8.8.8' }, { ip: '1.1.1.1' }];

function result(
  parameter: Record<string, unknown> | null,
  message: string,
  over: Partial<ActionResult> = {},
): { result: ActionResult } {
  return { result: { status: 'success', message, data: [], parameter, ...over } };
}

const rows = (run: RowsRun, read: RunResults): RowContent[] => contentsOf(run, ITEMS, read);
const said = (contents: readonly RowContent[]): [string, string][] =>
  contents.map(({ status, message }) => [status, message]);

describe('the rows of a run', () => {
  it('fail where the item failed on one of several assets', () => {
    const good = ITEMS.map((item) => result(item, 'good'));
    const bad = [result({ ip: '8.8.8.8' }, 'bad', { status: 'failed' }), result({ ip: '1.1.1.1' }, 'good')];
    for (const appRuns of [
      [good, bad],
      [bad, good],
    ])
      expect(said(rows(RUN, { appRuns }))).toEqual([
        ['failed', 'bad'],
        ['success', 'good'],
      ]);
  });

  it('say that SOAR has no result, in place of the message of a run that succeeded', () => {
    expect(said(rows(RUN, { appRuns: [[result({ ip: '1.1.1.1' }, 'one')]] }))).toEqual([
      ['failed', 'SOAR has no result for this one, although its run succeeded.'],
      ['success', 'one'],
    ]);
  });

  it('have the message of a run that failed', () => {
    const failed = { ...RUN, summary: { ...RUN.summary, outcome: 'failed', message: 'no route' } } as const;
    expect(said(rows(failed, { appRuns: [] }))).toEqual([
      ['failed', 'no route'],
      ['failed', 'no route'],
    ]);
  });

  it('are unread, and not failed, where a result or the list of app_runs cannot be read', () => {
    const problem = { status: 'unread', message: 'The results cannot be read: NaN' } as const;
    const one = { appRuns: [[result(ITEMS[0] ?? {}, 'eight'), { unread: 'too large' }]] };
    expect(said(rows(RUN, one))).toEqual([
      ['success', 'eight'],
      ['unread', 'too large'],
    ]);
    expect(said(rows(RUN, { appRuns: [[]], problem }))).toEqual(ITEMS.map(() => ['unread', problem.message]));
    const unread = { ...RUN, summary: { ...RUN.summary, appRunIds: [], unread: 'the app_runs cannot be read' } };
    expect(said(rows(unread, { appRuns: [] }))).toEqual(ITEMS.map(() => ['unread', 'the app_runs cannot be read']));
  });

  it('name no run that is not ours: SOAR has another under its number', () => {
    const problem = { status: 'gone', message: 'another run' } as const;
    const gone = rows(RUN, { appRuns: [], problem, isReplaced: true });
    expect(gone).toEqual(
      ITEMS.map(() => ({ status: 'gone', message: 'another run', results: [], actionRunId: null, appRunIds: [] })),
    );
  });

  it('name the earlier run that a result was taken from', () => {
    const reused = { ...RUN, mark: null, isReused: true };
    const contents = rows(reused, { appRuns: [ITEMS.map((item) => result(item, 'old'))] });
    expect(contents.map(itemRow)).toEqual(
      ITEMS.map(() => ({ status: 'reused', message: 'old', fields: {}, actionRunId: null, reusedFrom: 7 })),
    );
  });

  it('take no earlier result by its place: it must repeat the item’s parameters', () => {
    const reused = { ...RUN, mark: null, isReused: true };
    const contents = rows(reused, {
      appRuns: [[result({ ip: '9.9.9.9' }, 'theirs'), result({ ip: '1.1.1.1' }, 'one')]],
    });
    expect(contents.map(({ status }) => status)).toEqual(['gone', 'reused']);
  });

  it('are cancelled where the run was cancelled before the item', () => {
    const cancelled = { ...RUN, summary: { ...RUN.summary, outcome: 'cancelled' } } as const;
    expect(rows(cancelled, { appRuns: [] }).map(({ status }) => status)).toEqual(['cancelled', 'cancelled']);
  });
});

describe('the fields of a row in a file', () => {
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
  ])('are %s of the data', (_what, data, fields) => {
    const [content] = rows(RUN, { appRuns: [[result({ ip: '8.8.8.8' }, 'x', { data })]] });
    expect(content && itemRow(content).fields).toEqual(fields);
  });
});
