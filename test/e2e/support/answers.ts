import type { Harness } from './harness.js';

/** An answer that is not SOAR's last word on an action, whatever it is to. A new kind is one line. */
export const PASSING_ANSWERS: readonly (readonly [kind: string, answer: () => Response])[] = [
  [
    'a redirect to the login page',
    (): Response => new Response(null, { status: 302, headers: { location: '/login' } }),
  ],
  ['401 with SOAR’s envelope', (): Response => envelope(401, 'Invalid token')],
  ['403 with SOAR’s envelope', (): Response => envelope(403, 'no permission')],
  ['a proxy’s 400', (): Response => page(400)],
  ['a proxy’s 403', (): Response => page(403)],
  ['a proxy’s 404', (): Response => page(404)],
  ['405', (): Response => page(405)],
  ['407', (): Response => page(407)],
  ['421', (): Response => page(421)],
  ['423', (): Response => page(423)],
  ['429', (): Response => page(429)],
  ['451', (): Response => page(451)],
  ['500', (): Response => page(500)],
  ['500 with SOAR’s envelope', (): Response => envelope(500, 'database is locked')],
  ['502', (): Response => page(502)],
  ['503', (): Response => page(503)],
  ['504', (): Response => page(504)],
  ['an HTML page with 200', (): Response => page(200)],
  ['an empty body', (): Response => new Response('')],
  ['an empty object', (): Response => Response.json({})],
  ['a list', (): Response => Response.json([])],
  ['JSON that is cut off', (): Response => new Response('{"id": 1, "status": "run')],
  ['NaN', (): Response => new Response('{"id": NaN, "status": "running", "count": NaN}')],
  ['a byte that is no UTF-8', (): Response => new Response(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]))],
  ['300 levels', (): Response => new Response('['.repeat(300) + ']'.repeat(300))],
  ['a million empty objects', (): Response => new Response(`[${'{},'.repeat(1_000_000)}{}]`)],
];

/** SOAR's own word in its envelope: on a read of a live run it passes, too, unless it lasts. */
export const ENVELOPES: readonly (readonly [kind: string, answer: () => Response])[] = [
  ['failed: true with 200', (): Response => envelope(200, 'busy')],
  ['404 with SOAR’s envelope, from a node that lags', (): Response => envelope(404, 'Requested item not found')],
  ['400 with SOAR’s envelope', (): Response => envelope(400, 'bad filter')],
];

export function envelope(status: number, message: string): Response {
  return Response.json({ failed: true, message }, { status });
}

function page(status: number): Response {
  return new Response('<html><body>nginx</body></html>', { status, headers: { 'content-type': 'text/html' } });
}

/** A list that tells how many runs stand: by their ids, or the newest of all. */
function isStatusList(pathname: string, query: URLSearchParams): boolean {
  return query.has('_filter_id__in') || (pathname === '/rest/action_run' && query.get('page_size') === '200');
}

/** For how long an answer is spoilt, from the first time it is asked for, and how often at least. */
const SPOILT = { ms: 2_500, times: 3 };

/** Spoils one read of each run, by a word in the run's name: `read:kind`. */
export class SpoilingProxy {
  readonly hits = new Map<string, number>();
  readonly #answers: ReadonlyMap<string, () => Response>;
  readonly #names = new Map<string, string>();
  readonly #since = new Map<string, number>();

  constructor(
    readonly read: Read,
    kinds: readonly (readonly [kind: string, answer: () => Response])[],
    private readonly spoiltTimes = SPOILT.times,
  ) {
    this.#answers = new Map(kinds);
  }

  readonly beforeHandle = (request: Request): Promise<Response | undefined> => {
    const { pathname, searchParams } = new URL(request.url);
    // Each run is asked for by itself, so that each has its own fault.
    if (request.method === 'GET' && isStatusList(pathname, searchParams))
      return Promise.resolve(envelope(400, 'no filter'));
    const name = this.#nameOf(pathname, searchParams);
    const kind = name === undefined ? undefined : /\{(.*)\}/.exec(name)?.[1];
    const isRead = READS[this.read](request.method, pathname, searchParams) !== undefined;
    if (kind === undefined || !isRead || !this.#isSpoilt(kind)) return Promise.resolve(undefined);
    this.hits.set(kind, (this.hits.get(kind) ?? 0) + 1);
    return Promise.resolve(this.#answers.get(kind)?.());
  };

  /** Learns which ids belong to which name. */
  readonly beforeAnswer = async (request: Request, response: Response): Promise<Response | 'drop'> => {
    if (!response.ok) return response;
    const body = (await response.clone().json()) as { action_run_id?: number; data?: { id: number }[] };
    this.#learnAppRuns(new URL(request.url).pathname, body.data ?? []);
    if (request.method !== 'POST' || body.action_run_id === undefined) return response;
    const posted = (await request.clone().json()) as { name: string };
    this.#names.set(`run ${body.action_run_id}`, posted.name);
    // Only a submission whose answer is lost is looked up.
    return this.read === 'lookUp' ? 'drop' : response;
  };

  #learnAppRuns(pathname: string, rows: readonly { id: number }[]): void {
    const [, run] = /^\/rest\/action_run\/(\d+)\/app_runs$/.exec(pathname) ?? [];
    const name = this.#names.get(`run ${run ?? ''}`);
    if (name !== undefined) for (const { id } of rows) this.#names.set(`app_run ${id}`, name);
  }

  #nameOf(pathname: string, query: URLSearchParams): string | undefined {
    const [, what, id] = /^\/rest\/(action_run|app_run)\/(\d+)/.exec(pathname) ?? [];
    if (what !== undefined) return this.#names.get(`${what === 'app_run' ? 'app_run' : 'run'} ${id ?? ''}`);
    const ofRun = query.get('_filter_action_run');
    if (ofRun !== null) return this.#names.get(`run ${ofRun}`);
    return query.get('_filter_name') ?? undefined;
  }

  #isSpoilt(kind: string): boolean {
    const since = this.#since.get(kind) ?? Date.now();
    this.#since.set(kind, since);
    return Date.now() - since < SPOILT.ms || (this.hits.get(kind) ?? 0) < this.spoiltTimes;
  }
}

/** Which request a read is: undefined if it is another. */
const READS = {
  status: (method: string, path: string) =>
    method === 'GET' && /^\/rest\/action_run\/\d+$/.test(path) ? path : undefined,
  appRuns: (_method: string, path: string) => (path.endsWith('/app_runs') ? path : undefined),
  results: (_method: string, path: string) => (path.endsWith('/action_result') ? path : undefined),
  approvals: (_method: string, path: string) => (path === '/rest/approval' ? path : undefined),
  lookUp: (method: string, path: string, query: URLSearchParams) =>
    method === 'GET' && path === '/rest/action_run' && query.has('_filter_name') ? path : undefined,
  cancel: (method: string, path: string) =>
    method === 'POST' && /^\/rest\/action_run\/\d+$/.test(path) ? path : undefined,
} as const;

/** A request that a run depends on. */
export type Read = keyof typeof READS;

/** The names of all action_runs, once no more come: while many actions run at once, SOAR is too busy to be asked for each. */
export async function runNames({ soar }: Harness): Promise<string[]> {
  const { data } = await soar.listActionRuns({ pageSize: 0 });
  return data.map(({ name }) => name ?? '');
}

export function runsNamed(names: readonly string[], kind: string): number {
  return names.filter((name) => name.includes(`{${kind}}`)).length;
}
