import { randomUUID } from 'node:crypto';
import type { SoarActivities } from '../../../src/activities/index.js';
import type { EnrichBatchResult } from '../../../src/contracts/enrich-batch.js';
import { ENVELOPES, PASSING_ANSWERS } from '../support/answers.js';
import { createHarness } from '../support/harness.js';
import type { Harness } from '../support/harness.js';
import { simulate } from '../support/requests.js';
import { together } from '../support/together.js';

const ITEMS = 20;
const SPOILT_MS = 2_500;

/** One of each family; `reads.test.ts` has them all for a single action. */
const KINDS = [
  'a redirect to the login page',
  '401 with SOAR’s envelope',
  'a proxy’s 404',
  '503',
  'an HTML page with 200',
  'NaN',
  'failed: true with 200',
];
const ANSWERS = new Map([...PASSING_ANSWERS, ...ENVELOPES]);

const TRIGGERS = [
  ['packed', 10],
  ['grouped', 1],
] as const;

/** What a batch reads of its runs, by the request. */
const READS: readonly (readonly [read: string, isRead: (url: URL) => boolean])[] = [
  ['results', ({ pathname, search }) => pathname.endsWith('/action_result') || search.includes('include_expensive')],
  ['app_runs', ({ pathname }) => /\/app_runs?$/.test(pathname)],
  ['status', ({ pathname }) => /\/action_run(\/\d+)?$/.test(pathname)],
];

interface Fate {
  readonly result: EnrichBatchResult | undefined;
  readonly actionRuns: number;
  readonly spoilt: ReadonlySet<string>;
}

/** Runs a batch while each of its reads is answered so, for some seconds from the first time on. */
async function fateOf(
  kind: string,
  itemsPerRun: number,
  weaken?: (harness: Harness) => Partial<SoarActivities>,
): Promise<Fate> {
  // The control is answered so until it asks: on a busy machine that may be late.
  const spoiltMs = weaken ? Infinity : SPOILT_MS;
  const since = new Map<string, number>();
  const beforeHandle = (request: Request): Promise<Response | undefined> => {
    const [read] = READS.find(([, isRead]) => isRead(new URL(request.url))) ?? [];
    if (request.method !== 'GET' || read === undefined) return Promise.resolve(undefined);
    if (weaken && read !== 'status') return Promise.resolve(undefined);
    const firstAtMs = since.get(read) ?? Date.now();
    since.set(read, firstAtMs);
    return Promise.resolve(Date.now() - firstAtMs < spoiltMs ? ANSWERS.get(kind)?.() : undefined);
  };
  const harness = await createHarness({ faults: { beforeHandle }, breaker: false });
  const worker = await harness.worker({ activities: { ...harness.activities, ...weaken?.(harness) } });
  const request = { ...simulate({}, { type: 'investigate' }), targets: [{ app_id: 2, assets: ['lab'] }] };
  const items = Array.from({ length: ITEMS }, (_, n) => ({ message: `row ${n}`, seconds: 1 }));
  const result = await worker.runUntil(async () =>
    harness.client.workflow
      .execute('enrichBatch', {
        workflowId: `batch-${randomUUID()}`,
        taskQueue: harness.taskQueue,
        args: [{ request, items, options: { itemsPerRun } }],
      })
      .then(
        (ended: EnrichBatchResult) => ended,
        () => undefined,
      ),
  );
  const { actionRuns } = harness.sim.counts();
  await harness.close();
  return { result, actionRuns, spoilt: new Set(since.keys()) };
}

/** The first answer counts, as if it were SOAR's last word. */
const HASTY = ({ activities, soar }: Harness): Partial<SoarActivities> => ({
  awaitActionRuns: async (input) => {
    const [actionRunId = 0] = input.actionRunIds;
    const isRefused = await soar.getActionRun(actionRunId).then(
      () => false,
      () => true,
    );
    if (!isRefused) return activities.awaitActionRuns(input);
    const missing = { statusClass: 'missing', message: 'refused', actionRun: null } as const;
    const ended = input.actionRunIds.map((id) => ({ ...missing, actionRunId: id }));
    return { ended, approvals: null, asked: [], slow: false, latest: null, polls: 1, problem: null };
  },
});

describe.each(TRIGGERS)('a passing answer to the reads of a batch, %s', (_trigger, itemsPerRun) => {
  const fates = together<Fate>({
    ...Object.fromEntries(KINDS.map((kind) => [kind, () => fateOf(kind, itemsPerRun)])),
    control: () => fateOf('401 with SOAR’s envelope', itemsPerRun, HASTY),
  });

  it.each(KINDS)('costs no row and runs nothing twice: %s', async (kind) => {
    const { result, actionRuns, spoilt } = await fates(kind);
    expect(result).toMatchObject({ outcome: 'success', succeeded: ITEMS, failed: 0 });
    expect(actionRuns).toBe(ITEMS / itemsPerRun);
    expect([...spoilt].sort()).toEqual(expect.arrayContaining(['status']));
    expect(spoilt.size).toBeGreaterThan(1);
  });

  it('control: a worker that takes the first answer for the last loses rows', async () => {
    const { result } = await fates('control');
    expect(result?.succeeded ?? 0).toBeLessThan(ITEMS);
  });
});
