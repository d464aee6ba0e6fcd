import { z } from 'zod';
import { createResultsReader } from '../../../src/soar/bulk-results.js';
import type { BatchRun } from '../../../src/contracts/enrich-batch.js';
import { createCircuitBreaker } from '../../../src/soar/http/circuit-breaker.js';
import { answer, servePages } from '../activities/support/pages.js';
import { Cleanup, clientFor, serveHttp } from './support/servers.js';

const cleanup = new Cleanup();
afterEach(() => cleanup.run());

function runs(...appRunIds: number[]): BatchRun[] {
  return appRunIds.map((id) => ({
    workflowId: `b/${id}`,
    items: [],
    actionRunId: id,
    appRunIds: [id],
    outcome: 'success',
    message: '',
  }));
}

const result = (of: unknown): Record<string, unknown> => ({ status: 'success', message: String(of), data: [] });
const page = (data: readonly unknown[]): unknown => ({ count: data.length, num_pages: 1, data });
const idsSchema = z.array(z.int());
const ownId = (path: string): string => /app_run\/(\d+)/.exec(path)?.[1] ?? '';

/** A SOAR of small app_runs, each with its id as its one result; `list` answers for many at once. */
async function soarOf(list: (ids: readonly number[]) => { body: unknown; status?: number }) {
  const asked: string[] = [];
  const server = await serveHttp(cleanup, (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://soar');
    asked.push(pathname);
    if (pathname !== '/rest/app_run') answer(response, page([result(ownId(pathname))]));
    else {
      const { body, status } = list(idsSchema.parse(JSON.parse(searchParams.get('_filter_id__in') ?? '[]')));
      answer(response, body, status);
    }
  });
  return { asked, reader: createResultsReader(clientFor(cleanup, server.url, { maxBodyBytes: 4_000 })) };
}

const appRun = (id: number): unknown => ({ id, status: 'success', message: '', result_data: [result(id)] });
const messagesOf = (results: Awaited<ReturnType<ReturnType<typeof createResultsReader>['read']>>): unknown[] =>
  [...results.entries()]
    .sort(([a], [b]) => a - b)
    .map(
      ([
        id,
        {
          results: [first],
        },
      ]) => [id, first && 'result' in first ? first.result.message : undefined],
    );
const expected = (...ids: number[]): unknown[] => ids.map((id) => [id, String(id)]);

describe('the results of many small action_runs', () => {
  it('come in one call', async () => {
    const { asked, reader } = await soarOf((ids) => ({ body: page(ids.map(appRun)) }));
    expect(messagesOf(await reader.read(runs(1, 2, 3, 3)))).toEqual(expected(1, 2, 3));
    expect(asked).toEqual(['/rest/app_run']);
  });

  it('come one by one where SOAR leaves some out, or leaves out their results', async () => {
    const { asked, reader } = await soarOf(() => ({
      body: page([appRun(1), { id: 2, status: 'success', message: '' }, appRun(99)]),
    }));
    expect(messagesOf(await reader.read(runs(1, 2, 3)))).toEqual(expected(1, 2, 3));
    expect(asked).toEqual(['/rest/app_run', '/rest/app_run/2/action_result', '/rest/app_run/3/action_result']);
  });

  it('come one by one from then on where SOAR refuses the list', async () => {
    const { asked, reader } = await soarOf(() => ({ body: { failed: true, message: 'no' }, status: 400 }));
    expect(messagesOf(await reader.read(runs(1, 2)))).toEqual(expected(1, 2));
    expect(messagesOf(await reader.read(runs(3, 4)))).toEqual(expected(3, 4));
    expect(asked.filter((path) => path === '/rest/app_run')).toHaveLength(1);
  });

  it('come one by one where the list is too large, and the next list is asked for again', async () => {
    const { asked, reader } = await soarOf((ids) => ({
      body: { ...Object(page([])), padding: 'x'.repeat(ids.includes(1) ? 9_000 : 0), data: ids.map(appRun) },
    }));
    expect(messagesOf(await reader.read(runs(1, 2)))).toEqual(expected(1, 2));
    expect(messagesOf(await reader.read(runs(3, 4)))).toEqual(expected(3, 4));
    expect(asked.filter((path) => path === '/rest/app_run')).toHaveLength(2);
  });
});

describe('the results of one action_run', () => {
  it('come by page; one that is too large gives way to a word on where it is', async () => {
    const rows = Array.from({ length: 23 }, (_, index) =>
      index === 12 ? { ...result(index), data: ['x'.repeat(9_000)] } : result(index),
    );
    const server = await servePages(cleanup, rows);
    const reader = createResultsReader(clientFor(cleanup, server.url, { maxBodyBytes: 4_000 }));
    const results = (await reader.read(runs(5))).get(5)?.results ?? [];
    expect(results).toHaveLength(23);
    expect(results[12]).toEqual({ unread: expect.stringContaining('SOAR has it in app_run 5') as string });
    expect(results.filter((read) => 'result' in read)).toHaveLength(22);
  });

  it('that SOAR does not know any more are a reason, and no end of the others', async () => {
    const server = await serveHttp(cleanup, (request, response) => {
      const path = request.url ?? '';
      if (path.startsWith('/rest/app_run?')) answer(response, page([]));
      else if (ownId(path) === '1') answer(response, { failed: true, message: 'not found' }, 404);
      else answer(response, page([result(ownId(path))]));
    });
    const results = await createResultsReader(clientFor(cleanup, server.url)).read(runs(1, 2));
    expect(results.get(1)?.results).toEqual([]);
    expect(results.get(1)?.problem).toMatch(
      /^The result cannot be read: GET \/rest\/app_run\/1\/action_result: .*not found$/,
    );
    expect(results.get(2)?.results).toHaveLength(1);
  });

  it('whose number does not agree with SOAR’s count are a reason, after another look', async () => {
    let looks = 0;
    const server = await serveHttp(cleanup, (_request, response) => {
      looks += 1;
      answer(response, { count: 3, num_pages: 1, data: [result(1)] });
    });
    const results = await createResultsReader(clientFor(cleanup, server.url)).read(runs(1));
    expect(results.get(1)?.problem).toMatch(/changed while they were read/);
    expect(looks).toBe(3);
  });

  it('are waited for while SOAR is away', async () => {
    let isAway = true;
    const server = await serveHttp(cleanup, (_request, response) => {
      if (isAway) answer(response, {}, 503);
      else answer(response, page([result(1)]));
      isAway = false;
    });
    const breaker = createCircuitBreaker({ probeIntervalMs: 0, maxOpenMs: 0 });
    const results = await createResultsReader(clientFor(cleanup, server.url, { breaker })).read(runs(1));
    expect(results.get(1)?.results).toHaveLength(1);
  });

  it('end the command where SOAR refuses the credentials', async () => {
    const server = await serveHttp(cleanup, (_request, response) => {
      answer(response, { failed: true, message: 'no' }, 401);
    });
    await expect(createResultsReader(clientFor(cleanup, server.url)).read(runs(1))).rejects.toMatchObject({
      code: 'SOAR_UNAUTHORIZED',
    });
  });
});
