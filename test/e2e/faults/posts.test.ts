import { randomUUID } from 'node:crypto';
import type { SoarActivities } from '../../../src/activities/index.js';
import type { RunActionResult } from '../../../src/contracts/run-action.js';
import { envelope, PASSING_ANSWERS, runNames, runsNamed } from '../support/answers.js';
import { createHarness } from '../support/harness.js';
import type { Harness } from '../support/harness.js';
import { eventually, inPhase } from '../support/phases.js';
import { isSubmission, simulate } from '../support/requests.js';
import { together } from '../support/together.js';

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
    return [kind, { ...settled, runs: 0 }];
  };
  const fates = await worker.runUntil(() => Promise.all(kinds.map(fateOf)));
  const runs = await runNames(harness);
  await harness.close();
  return new Map(fates.map(([kind, fate]) => [kind, { ...fate, runs: runsNamed(runs, kind) }]));
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

const fates = together({
  'that SOAR did not take': () => fatesOf(PASSING_ANSWERS, { spoiltMs: 2_500 }),
  'that SOAR took': () => fatesOf(PASSING_ANSWERS, { spoiltMs: 2_500, isTaken: true }),
  control: () => fatesOf(PASSING_ANSWERS, { spoiltMs: 2_500, isTaken: true }, PLAIN),
  refusal: () => fatesOf(REFUSALS, { spoiltMs: 60_000 }),
});

describe.each(['that SOAR did not take', 'that SOAR took'])('an answer to a POST %s', (what) => {
  it.each(PASSING_ANSWERS)('that is no word about the action fails nothing and doubles nothing: %s', async (kind) => {
    const { result, failure, runs } = (await fates(what)).get(kind) ?? {};
    expect(failure).toBeUndefined();
    expect(result).toMatchObject({ outcome: 'success' });
    expect(runs).toBe(1);
  });
});

describe('control: a worker that POSTs again without looking', () => {
  it.each(PASSING_ANSWERS)('runs the action twice: %s', async (kind) => {
    expect((await fates('control')).get(kind)?.runs).toBeGreaterThan(1);
  });
});

describe('SOAR’s own refusal', () => {
  it.each(REFUSALS)(
    'ends the workflow at once, with SOAR’s words and as the workflow’s own failure: %s',
    async (kind) => {
      const { failure, runs } = (await fates('refusal')).get(kind) ?? {};
      expect(failure).toMatchObject({
        cause: { nonRetryable: true, message: expect.stringContaining('no such asset') as string },
      });
      expect(runs).toBe(0);
    },
  );
});

describe('what is no word about the action and lasts', () => {
  const LASTING: readonly (readonly [what: string, answer: Answer, type: string])[] = [
    ['401', () => envelope(401, 'Invalid token'), 'SOAR_UNAUTHORIZED'],
    ['a redirect', () => new Response(null, { status: 302 }), 'SOAR_REDIRECT'],
    ['a proxy’s 403', () => new Response('<html>', { status: 403 }), 'SOAR_FORBIDDEN'],
  ];
  const failed = async (answer: Answer): Promise<{ failure: unknown; elapsedMs: number }> => {
    const beforeHandle = (request: Request) => Promise.resolve(isSubmission(request) ? answer() : undefined);
    const harness = await createHarness({ faults: { beforeHandle }, breaker: false });
    const startedAtMs = Date.now();
    const failure: unknown = await harness.running(async () =>
      (await harness.start(simulate({}), { submitPatienceSecs: 4 })).result().catch((error: unknown) => error),
    );
    await harness.close();
    return { failure, elapsedMs: Date.now() - startedAtMs };
  };
  const failures = together(Object.fromEntries(LASTING.map(([what, answer]) => [what, () => failed(answer)])));

  it.each(LASTING)(
    'fails a single action with that code once submitPatienceSecs is over: %s',
    async (what, _answer, type) => {
      const { failure, elapsedMs } = await failures(what);
      expect(failure).toMatchObject({ cause: { type, details: [{ actionRunId: null }] } });
      expect(elapsedMs).toBeGreaterThanOrEqual(4_000);
    },
  );

  const asked = together({ '500': askedAfter500s });

  it('a POST answered 500 for good is sent five times at the most, and then a person is asked', async () => {
    const { first, posts, result } = await asked('500');
    expect(first.message).toContain('the database is locked');
    expect(posts).toBe(5);
    expect(result).toMatchObject({ outcome: 'failed', submissions: 5 });
  });
});

async function askedAfter500s() {
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
    await inPhase(handle, 'awaitingResolution');
    await handle.executeUpdate('resolveSubmission', { args: [{ decision: 'abandon' }] });
    return { first, posts, result: await handle.result() };
  });
  await harness.close();
  return seen;
}

describe('under a batch', () => {
  const ANSWERS: readonly (readonly [what: string, itemsPerRun: number, answer: Answer])[] = [
    ['packed, 401 for three seconds', 20, () => envelope(401, 'Invalid token')],
    ['unpackable, 401 for three seconds', 1, () => envelope(401, 'Invalid token')],
    ['unpackable, a redirect for three seconds', 1, () => new Response(null, { status: 302 })],
    ['unpackable, a proxy’s page for three seconds', 1, () => new Response('<html>', { status: 403 })],
  ];
  const batches = together(
    Object.fromEntries(
      ANSWERS.map(([what, itemsPerRun, answer]) => [what, () => batchUnder(itemsPerRun, answer)] as const),
    ),
  );

  it.each(ANSWERS)('no row fails and none is doubled: %s', async (what, itemsPerRun) => {
    const { result, actionRuns } = await batches(what);
    expect(result).toMatchObject({ outcome: 'success', succeeded: 60, failed: 0 });
    expect(actionRuns).toBe(60 / itemsPerRun);
  });
});

async function batchUnder(itemsPerRun: number, answer: Answer): Promise<{ result: unknown; actionRuns: number }> {
  let firstAtMs: number | undefined;
  const beforeHandle = (): Promise<Response | undefined> => {
    firstAtMs ??= Date.now();
    return Promise.resolve(Date.now() - firstAtMs < 3_000 ? answer() : undefined);
  };
  const harness = await createHarness({ faults: { beforeHandle }, breaker: false });
  const items = Array.from({ length: 60 }, (_, n) => ({ message: `row ${n}` }));
  const request = { ...simulate({}, { type: 'investigate' }), targets: [{ app_id: 2, assets: ['lab'] }] };
  const result: unknown = await harness.running(() =>
    harness.client.workflow.execute('enrichBatch', {
      workflowId: `batch-${randomUUID()}`,
      taskQueue: harness.taskQueue,
      args: [{ request, items, options: { itemsPerRun } }],
    }),
  );
  const { actionRuns } = harness.sim.counts();
  await harness.close();
  return { result, actionRuns };
}
