/**
 * A SOAR that has come back from a backup without our latest runs: their numbers are others' now. Ours may go on under another
 * number, as after an import.
 */
export class RestoredSoar {
  readonly #replaced = new Set<number>();
  readonly #moved = new Map<number, number>();
  /** Numbers of the runs that somebody asked to cancel. */
  readonly cancelled: number[] = [];
  /** What is said of a run that is somebody else's. */
  theirs: Record<string, unknown> = { status: 'success', message: 'theirs' };

  /** From now on the number is somebody else's run; ours is there under `to`, if that is given. */
  replace(id: number, to?: number): void {
    this.#replaced.add(id);
    if (to !== undefined) this.#moved.set(to, id);
  }

  readonly beforeHandle = async (request: Request): Promise<Response | undefined> => {
    if (request.headers.has('x-moved')) return undefined;
    const { pathname } = new URL(request.url);
    const [, number] = /^\/rest\/action_run\/(\d+)/.exec(pathname) ?? [];
    if (request.method === 'POST' && number !== undefined) this.cancelled.push(Number(number));
    if (request.method === 'POST' && this.#replaced.has(Number(number)))
      return Response.json({ cancelled: true, message: 'Theirs was cancelled.' });
    const from = this.#moved.get(Number(number));
    if (from === undefined) return undefined;
    const url = request.url.replace(`/action_run/${number}`, `/action_run/${from}`);
    const body = request.method === 'POST' ? { body: await request.text() } : {};
    const answer = await fetch(url, {
      method: request.method,
      headers: [...request.headers, ['x-moved', '1']],
      ...body,
    });
    return Response.json(this.#withNumber(await answer.json(), from, Number(number)), { status: answer.status });
  };

  readonly beforeAnswer = async (request: Request, response: Response): Promise<Response> => {
    const { pathname } = new URL(request.url);
    const isRun = /^\/rest\/(?:action_run|app_run)\b/.test(pathname);
    if (request.method !== 'GET' || !isRun || !response.ok || request.headers.has('x-moved')) return response;
    const [, number] = /^\/rest\/action_run\/(\d+)/.exec(pathname) ?? [];
    const body = (await response.json()) as { data?: Record<string, unknown>[] };
    const { data } = body;
    if (!data) return Response.json(this.#seen(body));
    const rows = data.flatMap((row) => [this.#seen(row), ...this.#elsewhere(pathname, row)]);
    const ofResults = /action_result$/.test(pathname) && this.#replaced.size > 0 && number === undefined;
    return Response.json({ ...body, count: rows.length, data: ofResults ? rows.map(theirResult) : rows });
  };

  /** A record as SOAR has it now. */
  #seen(row: Record<string, unknown>): Record<string, unknown> {
    if (this.#replaced.has(Number(row['id'])) && 'container' in row && 'targets' in row)
      return { ...row, name: 'somebody else’s', container: 77, ...this.theirs };
    if (!this.#replaced.has(Number(row['action_run']))) return row;
    const results = Array.isArray(row['result_data']) ? row['result_data'].map(theirResult) : row['result_data'];
    return { ...row, message: 'theirs', status: 'success', result_data: results };
  }

  #elsewhere(pathname: string, row: Record<string, unknown>): Record<string, unknown>[] {
    if (pathname !== '/rest/action_run') return [];
    return [...this.#moved].flatMap(([to, from]) => (row['id'] === from ? [{ ...row, id: to }] : []));
  }

  #withNumber(body: unknown, from: number, to: number): unknown {
    return JSON.parse(
      JSON.stringify(body, (key, value: unknown) =>
        ['id', 'action_run'].includes(key) && value === from ? to : value,
      ),
    );
  }
}

function theirResult(result: unknown): unknown {
  return { ...Object(result), message: 'theirs', status: 'success' };
}
