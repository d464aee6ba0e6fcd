import type { ServerResponse } from 'node:http';
import { serveHttp } from '../../soar/support/servers.js';
import type { Cleanup, TestServer } from '../../soar/support/servers.js';

/** A SOAR that has one list, whatever the path, and pages through it as SOAR does; each of its runs is `[ours]`, and has app_run 70. */
export async function servePages(
  cleanup: Cleanup,
  rows: readonly unknown[],
  { isOfResults = false } = {},
): Promise<TestServer & { readonly pageSizes: number[] }> {
  const pageSizes: number[] = [];
  const server = await serveHttp(cleanup, (request, response) => {
    const { pathname, searchParams: query } = new URL(request.url ?? '', 'http://soar');
    const [, run] = /^\/rest\/action_run\/(\d+)$/.exec(pathname) ?? [];
    if (run !== undefined) {
      answer(response, { id: Number(run), status: 'success', name: 'x [ours]' });
      return;
    }
    if (isOfResults && pathname.endsWith('/app_runs')) {
      answer(response, { count: 1, num_pages: 1, data: [{ id: 70, status: 'success', message: '' }] });
      return;
    }
    const [page, pageSize] = [Number(query.get('page')), Number(query.get('page_size'))];
    pageSizes.push(pageSize);
    const numPages = Math.ceil(rows.length / pageSize);
    if (page > 0 && page >= numPages) {
      answer(response, { failed: true, message: 'That page contains no results' }, 404);
    } else {
      answer(response, {
        count: rows.length,
        num_pages: numPages,
        data: rows.slice(page * pageSize, (page + 1) * pageSize),
      });
    }
  });
  return { ...server, pageSizes };
}

/** Sends a JSON body. */
export function answer(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
