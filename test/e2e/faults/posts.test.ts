import type { SoarActivities } from '../../../src/activities/index.js';
import type { RunActionResult } from '../../../src/contracts/run-action.js';
import { envelope, PASSING_ANSWERS, runsNamed } from '../support/answers.js';
import { createHarness } from '../support/harness.js';
import type { Harness } from '../support/harness.js';
import { eventually } from '../support/phases.js';
import { isSubmission, simulate } from '../support/requests.js';

type Answer = () => Response;

const REFUSALS: readonly (readonly [kind: string, answer: Answer])[] = [
  ['failed: true with 200', () => envelope(200, 'no such asset')],
  ['success: false with 200', () => Response.json({ success: false, message: 'no such asset' })],
  ['400 with SOAR’s envelope', () => envelope(400, 'no such asset')],
  ['404 with SOAR’s envelope', () => envelope(404, 'no such asset')],
];

interface Fate {
  readonly result: RunActionResult | undefined;
  readonly failure: unknown;
  readonly runs: number;
}

/** Answers the POST of each run its own way, for `spoiltMs` from its first; `isTaken` lets SOAR take the action all the same. */
async function fatesOf(
  kinds: readonly (readonly [kind: string, answer: Answer])[],
  { spoiltMs, isTaken = false }: { readonly spoiltMs: number; readonly isTaken?: boolean },
  weaken: (harness: Harness) => Partial<SoarActivities> = () => ({}),
): Promise<Map<string, Fate>> {
  const since = new Map<string, number>();
  const answers = new Map(kinds);
  const spoilt = async (request: Request): Promise<Response | undefined> => {
    if (!isSubmission(request)) return undefined;
    const { name } = (await request.clone().json()) as { name: string };
    const [, kind = ''] = /\{(.*)\}/.exec(name) ?? [];
    const firstAtMs = since.get(kind) ?? Date.now();
    since.set(kind, firstAtMs);
    return Date.now() - firstAtMs < spoiltMs ? answers.get(kind)?.() : undefined;
  };
  const faults = isTaken
    ? { beforeAnswer: async (request: Request, response: Response) => (await spoilt(request)) ?? response }
    : { beforeHandle: spoilt };
  const harness = await createHarness({ faults, breaker: false });
  const worker = await harness.worker({ activities: { ...harness.activities, ...weaken(harness) } });
  const fateOf = async ([kind]: readonly [string, Answer]): Promise<[string, Fate]> => {
    const request = simulate({}, { name: `{${kind}}`, type: 'investigate' });
    const handle = await harness.start(request, { settleSecs: 0.5 });
    const settled = await handle.result().then(
      (result) => ({ result, failure: undefined }),
      (failure: unknown) => ({ result: undefined, failure }),
    );
    return [kind, { ...settled, runs: await runsNamed(harness, kind) }];
  };
  const fates = await worker.runUntil(() => Promise.all(kinds.map(fateOf)));
  await harness.close();
  return new Map(fates);
}

/** POSTs again whenever the answer is no id, and never looks. */
const PLAIN = ({ soar }: Harness): Partial<SoarActivities> => ({
  findActionRuns: () => Promise.resolve([]),
  submitActionRun: async ({ request, tag }) => {
    const { action_run_id, message } = await soar.runAction({ ...request, name: `${request.name} [${tag}]` });
    return { actionRunId: action_run_id, message, url: '', checked: { options: DEFAULTS, origin: soar.origin } };
  },
});
const DEFAULTS = {
  whenUncertain: 'resubmit',
  settleSecs: 0,
  submitPatienceSecs: 60,
  timeoutSecs: undefined,
  inlineResultBytes: 0,
  failUnlessSuccess: false,
} as const;

describe.each([
  ['that SOAR did not take', false],
  ['that SOAR took', true],
])('an answer to a POST %s', (_what, isTaken) => {
  let fates: Map<string, Fate>;

  beforeAll(async () => {
    fates = await fatesOf(PASSING_ANSWERS, { spoiltMs: 2_500, isTaken });
  }, 180_000);

  it.each(PASSING_ANSWERS)('that is no word about the action fails nothing and doubles nothing: %s', (kind) => {
    const { result, failure, runs } = fates.get(kind) ?? {};
    expect(failure).toBeUndefined();
    expect(result).toMatchObject({ outcome: 'success' });
    expect(runs).toBe(1);
  });
});

describe('control: a worker that POSTs again without looking', () => {
  let fates: Map<string, Fate>;

  beforeAll(async () => {
    fates = await fatesOf(PASSING_ANSWERS, { spoiltMs: 2_500, isTaken: true }, PLAIN);
  }, 180_000);

  it.each(PASSING_ANSWERS)('runs the action twice: %s', (kind) => {
    expect(fates.get(kind)?.runs).toBeGreaterThan(1);
  });
});

describe('SOAR’s own refusal', () => {
  let fates: Map<string, Fate>;

  beforeAll(async () => {
    fates = await fatesOf(REFUSALS, { spoiltMs: 60_000 });
  }, 60_000);

  it.each(REFUSALS)('ends the workflow at once, with SOAR’s words and as the workflow’s own failure: %s', (kind) => {
    const { failure, runs } = fates.get(kind) ?? {};
    expect(failure).toMatchObject({
      cause: { nonRetryable: true, message: expect.stringContaining('no such asset') as string },
    });
    expect(runs).toBe(0);
  });
});

describe('what is no word about the action and lasts', () => {
  it.each([
    ['401', () => envelope(401, 'Invalid token'), 'SOAR_UNAUTHORIZED'],
    ['a redirect', () => new Response(null, { status: 302 }), 'SOAR_REDIRECT'],
    ['a proxy’s 403', () => new Response('<html>', { status: 403 }), 'SOAR_FORBIDDEN'],
  ])('fails a single action with that code once submitPatienceSecs is over: %s', async (_what, answer, type) => {
    const beforeHandle = (request: Request) => Promise.resolve(isSubmission(request) ? answer() : undefined);
    const harness = await createHarness({ faults: { beforeHandle }, breaker: false });
    const startedAtMs = Date.now();
    const failure: unknown = await harness.running(async () =>
      (await harness.start(simulate({}), { submitPatienceSecs: 4 })).result().catch((error: unknown) => error),
    );
    await harness.close();
    expect(failure).toMatchObject({ cause: { type, details: [{ actionRunId: null }] } });
    expect(Date.now() - startedAtMs).toBeGreaterThanOrEqual(4_000);
  });

  it('a POST answered 500 for good is sent five times at the most, and then a person is asked', async () => {
    let posts = 0;
    const beforeHandle = (request: Request): Promise<Response | undefined> => {
      if (!isSubmission(request)) return Promise.resolve(undefined);
      posts += 1;
      return Promise.resolve(envelope(500, 'the database is locked'));
    };
    const harness = await createHarness({ faults: { beforeHandle }, breaker: false });
    const seen = await harness.running(async () => {
      const handle = await harness.start(simulate({}, { type: 'investigate' }), { settleSecs: 0.2 });
      const first = await eventually(async () => {
        const { problem } = await handle.query<{ problem: { message: string } | null }>('status');
        return problem ?? undefined;
      });
      await eventually(async () =>
        (await handle.query<{ phase: string }>('status')).phase === 'awaitingResolution' ? true : undefined,
      );
      await handle.executeUpdate('resolveSubmission', { args: [{ decision: 'abandon' }] });
      return { first, result: await handle.result() };
    });
    await harness.close();
    expect(seen.first.message).toContain('the database is locked');
    expect(posts).toBe(5);
    expect(seen.result).toMatchObject({ outcome: 'failed', submissions: 5 });
  });
});

describe('under a batch', () => {
  const items = Array.from({ length: 60 }, (_, n) => ({ message: `row ${n}` }));
  const target = { app_id: 2, assets: ['lab'] };

  it.each([
    ['packed, 401 for three seconds', 20, () => envelope(401, 'Invalid token')],
    ['unpackable, 401 for three seconds', 1, () => envelope(401, 'Invalid token')],
    ['unpackable, a redirect for three seconds', 1, () => new Response(null, { status: 302 })],
    ['unpackable, a proxy’s page for three seconds', 1, () => new Response('<html>', { status: 403 })],
  ])('no row fails and none is doubled: %s', async (_what, itemsPerRun, answer) => {
    let firstAtMs: number | undefined;
    const beforeHandle = (): Promise<Response | undefined> => {
      firstAtMs ??= Date.now();
      return Promise.resolve(Date.now() - firstAtMs < 3_000 ? answer() : undefined);
    };
    const harness = await createHarness({ faults: { beforeHandle }, breaker: false });
    const request = { ...simulate({}, { type: 'investigate' }), targets: [target] };
    const result: unknown = await harness.running(() =>
      harness.client.workflow.execute('enrichBatch', {
        workflowId: `batch-${Math.random()}`,
        taskQueue: harness.taskQueue,
        args: [{ request, items, options: { itemsPerRun } }],
      }),
    );
    expect(result).toMatchObject({ outcome: 'success', succeeded: 60, failed: 0 });
    expect(harness.sim.counts().actionRuns).toBe(60 / itemsPerRun);
    await harness.close();
  });
});
