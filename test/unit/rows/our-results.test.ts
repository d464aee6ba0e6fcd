import { createResultsReader } from '../../../src/rows/our-results.js';
import type { RunResults, RunToRead } from '../../../src/rows/our-results.js';
import { createCircuitBreaker } from '../../../src/soar/http/circuit-breaker.js';
import { ownPatience } from '../../../src/soar/lasting.js';
import type { Patience } from '../../../src/soar/lasting.js';
import { answer } from '../activities/support/pages.js';
import { Cleanup, clientFor, serveHttp } from '../soar/support/servers.js';

const cleanup = new Cleanup();
afterEach(() => cleanup.run());

/** Nothing that cannot be read is waited for. */
const NONE: Patience = { call: (read) => read(), mayPass: () => Promise.resolve(false) };

const run = (id: number): RunToRead => ({ actionRunId: id, appRunIds: [id * 10], mark: `[ours/${id}]` });
const runs = (...ids: number[]): RunToRead[] => ids.map(run);
const result = (of: unknown): Record<string, unknown> => ({ status: 'success', message: String(of), data: [] });
const page = (data: readonly unknown[]): object => ({ count: data.length, num_pages: 1, data });
const appRun = (id: number) => ({ id, action_run: id / 10, status: 'success', message: '', result_data: [result(id)] });

interface Answers {
  /** The list of many app_runs with their results. */
  readonly list?: (ids: readonly number[]) => unknown;
  /** The results of one app_run. */
  readonly results?: (id: number) => unknown;
  /** A run as SOAR has it. */
  readonly run?: (id: number) => object;
  /** The app_runs of one run. */
  readonly appRuns?: (id: number) => unknown;
}

const OURS = (id: number): object => ({ id, status: 'success', message: '', name: `where is it [ours/${id}]` });

const HEALTHY: Required<Answers> = {
  list: (ids) => page(ids.map(appRun)),
  results: (id) => page([result(id)]),
  run: OURS,
  appRuns: (id) => page([{ ...appRun(id * 10), result_data: null }]),
};

/** A SOAR in which run n has the app_run 10 n, whose number is its one result. A text is sent as it is; `[status, body]` with a status. */
async function soarOf(answers: Answers, patience: () => Patience = () => NONE) {
  const asked: string[] = [];
  const server = await serveHttp(cleanup, (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://soar');
    asked.push(pathname);
    const ids = JSON.parse(searchParams.get('_filter_id__in') ?? '[]') as number[];
    const id = Number(/\d+/.exec(pathname)?.[0]);
    const { list, results, run: runOf, appRuns } = { ...HEALTHY, ...answers };
    const ways: readonly (readonly [RegExp, () => unknown])[] = [
      [/\/app_run$/, () => list(ids)],
      [/action_result$/, () => results(id)],
      [/\/app_runs$/, () => appRuns(id)],
      [/\/action_run$/, () => page(ids.map(runOf))],
      [/./, () => runOf(id)],
    ];
    const body = ways.find(([path]) => path.test(pathname))?.[1]();
    if (typeof body === 'string') response.end(body);
    else if (Array.isArray(body)) answer(response, body[1], Number(body[0]));
    else answer(response, body);
  });
  const breaker = createCircuitBreaker({ probeIntervalMs: 0, maxOpenMs: 0 });
  const client = clientFor(cleanup, server.url, { maxBodyBytes: 4_000, breaker });
  return { asked, reader: createResultsReader(client, patience) };
}

const messagesOf = (results: readonly RunResults[]): unknown[] =>
  results.map(({ appRuns, problem }) =>
    problem
      ? problem.status
      : appRuns
          .flat()
          .map((read) => ('result' in read ? read.result.message : 'unread'))
          .join(),
  );

describe('the results of many small action_runs', () => {
  it('come in one call, and one more says that the runs are ours', async () => {
    const { asked, reader } = await soarOf({});
    expect(messagesOf(await reader.read(runs(1, 2, 3)))).toEqual(['10', '20', '30']);
    expect(asked).toEqual(['/rest/app_run', '/rest/action_run']);
  });

  it('come one by one where SOAR leaves some out, or leaves out their results', async () => {
    const { asked, reader } = await soarOf({
      list: () => page([appRun(10), { ...appRun(20), result_data: null }, appRun(990)]),
    });
    expect(messagesOf(await reader.read(runs(1, 2, 3)))).toEqual(['10', '20', '30']);
    expect(asked.filter((path) => path.endsWith('action_result'))).toEqual([
      '/rest/app_run/20/action_result',
      '/rest/app_run/30/action_result',
    ]);
  });

  it('come one by one from then on where SOAR refuses the list', async () => {
    const { asked, reader } = await soarOf({ list: () => [400, { failed: true, message: 'no' }] });
    expect(messagesOf(await reader.read(runs(1, 2)))).toEqual(['10', '20']);
    expect(messagesOf(await reader.read(runs(3, 4)))).toEqual(['30', '40']);
    expect(asked.filter((path) => path === '/rest/app_run')).toHaveLength(1);
  });

  it.each<[string, (ids: readonly number[]) => unknown]>([
    ['is too large', (ids) => ({ ...page(ids.map(appRun)), padding: 'x'.repeat(9_000) })],
    ['has NaN for one of them', () => '{"count": 2, "num_pages": 1, "data": [{"id": 10, "result_data": [NaN]}]}'],
    ['is of another shape', () => page([{ id: 'x' }])],
  ])('come one by one where the list %s, and the next list is asked for again', async (_what, list) => {
    const { asked, reader } = await soarOf({ list: (ids) => (ids.includes(10) ? list(ids) : page(ids.map(appRun))) });
    expect(messagesOf(await reader.read(runs(1, 2)))).toEqual(['10', '20']);
    expect(messagesOf(await reader.read(runs(3, 4)))).toEqual(['30', '40']);
    expect(asked.filter((path) => path === '/rest/app_run')).toHaveLength(2);
  });
});

const DEEP = '['.repeat(300) + ']'.repeat(300);

describe('a result that cannot be read', () => {
  const whole = { list: () => [400, { failed: true, message: 'no' }] };

  it.each<[string, string]>([
    ['NaN', '{"status": "success", "message": NaN}'],
    ['minus infinity', '{"status": "success", "message": "", "data": [-Infinity]}'],
    ['300 levels', `{"status": "success", "message": "", "data": ${DEEP}}`],
    ['another shape', '{"status": 7}'],
    ['too many bytes', `{"status": "success", "message": "${'x'.repeat(9_000)}"}`],
  ])('costs itself alone: %s', async (_what, bad) => {
    const all = [JSON.stringify(result('a')), bad, JSON.stringify(result('c'))];
    const server = await serveHttp(cleanup, (request, response) => {
      const { pathname, searchParams } = new URL(request.url ?? '', 'http://soar');
      if (/action_run\/1$/.test(pathname)) {
        answer(response, OURS(1));
        return;
      }
      if (/app_runs$/.test(pathname)) {
        answer(response, page([{ ...appRun(10), result_data: null }]));
        return;
      }
      const [at, size] = [Number(searchParams.get('page')), Number(searchParams.get('page_size'))];
      const data = all.slice(at * size, (at + 1) * size).join(',');
      response.end(`{"count": 3, "num_pages": ${Math.ceil(3 / size)}, "data": [${data}]}`);
    });
    const reader = createResultsReader(clientFor(cleanup, server.url, { maxBodyBytes: 4_000 }), () => NONE);
    expect(messagesOf(await reader.read(runs(1)))).toEqual(['a,unread,c']);
  });

  it('is waited for first, and costs the others nothing', async () => {
    let tries = 0;
    const patience = (): Patience => ({ ...NONE, mayPass: () => Promise.resolve(tries < 3) });
    const results = (id: number) => (id === 10 && tries++ < 3 ? 'cut off' : page([result(id)]));
    const { reader } = await soarOf({ ...whole, results }, patience);
    expect(messagesOf(await reader.read(runs(1, 2)))).toEqual(['10', '20']);
  });

  it('is said, where the list of its run’s app_runs cannot be read either', async () => {
    const { reader } = await soarOf({
      ...whole,
      appRuns: (id) => (id === 1 ? '[-Infinity]' : page([appRun(id * 10)])),
    });
    expect(messagesOf(await reader.read(runs(1, 2)))).toEqual(['unread', '20']);
  });

  it('is said, where their number does not agree with SOAR’s count', async () => {
    const { reader } = await soarOf({ ...whole, results: () => ({ count: 3, num_pages: 1, data: [result(1)] }) });
    const [first] = await reader.read(runs(1));
    expect(first?.problem).toMatchObject({ status: 'unread', message: expect.stringContaining('changed') as string });
  });
});

describe('a run that SOAR does not have any more', () => {
  it.each<[string, Answers]>([
    [
      'another run has its number',
      { run: (id) => ({ ...OURS(id), ...(id === 1 ? { name: 'somebody else’s' } : {}) }) },
    ],
    ['another run of ours has its number', { run: (id) => ({ ...OURS(id), name: `x [ours/${id + 1}]` }) }],
    [
      'its number is not known',
      {
        run: (id) => (id === 1 ? [404, { failed: true, message: 'not found' }] : OURS(id)),
        list: () => [400, { failed: true, message: 'no' }],
      },
    ],
    [
      'its app_run is another run’s',
      { list: (ids) => page(ids.map((id) => ({ ...appRun(id), action_run: id === 10 ? 99 : id / 10 }))) },
    ],
    [
      'its app_run is not in its list any more',
      { list: () => [400, { failed: true, message: 'no' }], appRuns: (id) => page(id === 1 ? [] : [appRun(id * 10)]) },
    ],
    [
      'its app_run is not known',
      {
        list: () => page([]),
        results: (id) => (id === 10 ? [404, { failed: true, message: 'not found' }] : page([result(id)])),
      },
    ],
  ])('gives no result away: %s', async (_what, answers) => {
    const { reader } = await soarOf(answers);
    const [first] = await reader.read(runs(1, 2));
    expect(first?.problem?.status).toBe('gone');
    expect(first?.appRuns.flat()).toEqual([]);
  });

  it('control: without a mark another’s result is taken for ours', async () => {
    const { reader } = await soarOf({ run: (id) => ({ ...OURS(id), name: 'somebody else’s' }) });
    expect(messagesOf(await reader.read([{ ...run(1), mark: '' }, run(2)]))).toEqual(['10', 'gone']);
  });
});

describe('a command', () => {
  it('waits for a SOAR that is away', async () => {
    let isAway = true;
    const results = (id: number): unknown => {
      const body = isAway ? [503, {}] : page([result(id)]);
      isAway = false;
      return body;
    };
    const { reader } = await soarOf({ results }, ownPatience);
    expect(messagesOf(await reader.read(runs(1)))).toEqual(['10']);
  });

  it('ends where SOAR refuses the credentials', async () => {
    const { reader } = await soarOf({ results: () => [401, { failed: true, message: 'no' }] }, ownPatience);
    await expect(reader.read(runs(1))).rejects.toMatchObject({ code: 'SOAR_UNAUTHORIZED' });
  });
});
