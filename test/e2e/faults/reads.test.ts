import { setTimeout as delay } from 'node:timers/promises';
import type { SoarActivities } from '../../../src/activities/index.js';
import type { RunActionResult } from '../../../src/contracts/run-action.js';
import type { RunState } from '../../../src/model/run-state.js';
import { ENVELOPES, PASSING_ANSWERS, runsNamed, SpoilingProxy } from '../support/answers.js';
import type { Read } from '../support/answers.js';
import { createHarness } from '../support/harness.js';
import type { Harness } from '../support/harness.js';
import { simulate } from '../support/requests.js';

const KINDS = [...PASSING_ANSWERS, ...ENVELOPES];
const TITLES = KINDS.map(([kind]) => kind);

/** What became of the action of which one read was spoilt. */
interface Fate {
  readonly result: RunActionResult | undefined;
  readonly failure: unknown;
  readonly spoilt: number;
  readonly runs: number;
}

/** Runs one action for each kind of answer at the same time, each with its own fault on `read`. */
async function fatesOf(
  read: Read,
  weaken: (harness: Harness) => Partial<SoarActivities> = () => ({}),
  whileSpoilt: (status: RunState) => void = () => undefined,
  settleSecs = 0.5,
): Promise<Map<string, Fate>> {
  const proxy = new SpoilingProxy(read, KINDS);
  const harness = await createHarness({ faults: proxy, breaker: false });
  const outcome = read === 'approvals' ? 'failed' : 'success';
  const fateOf = async (kind: string): Promise<[string, Fate]> => {
    const request = simulate({ seconds: 1, outcome }, { name: `{${kind}}`, type: 'investigate' });
    const handle = await harness.start(request, { settleSecs });
    const ended = handle.result().then(
      (result) => ({ result, failure: undefined }),
      (failure: unknown) => ({ result: undefined, failure }),
    );
    while ((await Promise.race([ended, delay(500)])) === undefined) whileSpoilt(await handle.query('status'));
    const settled = await ended;
    return [kind, { ...settled, spoilt: proxy.hits.get(kind) ?? 0, runs: await runsNamed(harness, kind) }];
  };
  const worker = await harness.worker({ activities: { ...harness.activities, ...weaken(harness) } });
  const fates = await worker.runUntil(() => Promise.all(TITLES.map(fateOf)));
  await harness.close();
  return new Map(fates);
}

/** The first answer counts, as if it were SOAR's last word. */
const HASTY: Partial<Record<Read, (harness: Harness) => Partial<SoarActivities>>> = {
  status: ({ activities, soar }) => ({
    awaitActionRuns: async (input) => {
      const [actionRunId = 0] = input.actionRunIds;
      const isRefused = await soar.getActionRun(actionRunId).then(
        () => false,
        () => true,
      );
      if (!isRefused) return activities.awaitActionRuns(input);
      const ended = [{ actionRunId, statusClass: 'missing' as const, message: 'refused', actionRun: null }];
      return { ended, approvals: null, asked: [], slow: false, latest: null, polls: 1, problem: null };
    },
  }),
};

describe.each<[Read, (result: RunActionResult | undefined) => void]>([
  ['status', (result) => expect(result).toMatchObject({ outcome: 'success', appRuns: [{ results: [{}] }] })],
  ['appRuns', (result) => expect(result).toMatchObject({ outcome: 'success', appRuns: [{ results: [{}] }] })],
  ['results', (result) => expect(result).toMatchObject({ outcome: 'success', appRuns: [{ results: [{}] }] })],
  ['approvals', (result) => expect(result).toMatchObject({ outcome: 'failed', approvals: [] })],
  ['lookUp', (result) => expect(result).toMatchObject({ outcome: 'success', submissions: 1 })],
])('a passing answer to the read of %s', (read, expectWhole) => {
  let fates: Map<string, Fate>;
  const problems = new Set<string>();

  beforeAll(async () => {
    fates = await fatesOf(read, undefined, ({ problem }) => problem && problems.add(problem.code));
  }, 120_000);

  // A result that is too large is left in SOAR at once: that answer hardly passes.
  const waitedOut = TITLES.filter((kind) => read !== 'results' || kind !== 'a million empty objects');

  it.each(waitedOut)('is waited out, and the run is followed to its own end: %s', (kind) => {
    const fate = fates.get(kind);
    expect(fate?.failure).toBeUndefined();
    expect(fate?.spoilt).toBeGreaterThan(0);
    expectWhole(fate?.result);
    expect(fate?.result).not.toHaveProperty('incomplete');
    expect(fate?.runs).toBe(1);
  });

  it('is said in the status while it lasts', () => {
    expect(problems.size).toBeGreaterThan(5);
  });
});

describe.each<Read>(['status'])('control: a worker that takes the first answer to %s for the last', (read) => {
  let fates: Map<string, Fate>;

  beforeAll(async () => {
    fates = await fatesOf(read, HASTY[read], undefined, 0);
  }, 180_000);

  it.each(TITLES)('loses the run, or its only POST: %s', (kind) => {
    const { result, runs = 0 } = fates.get(kind) ?? {};
    const isWhole = result?.outcome === 'success' && result.incomplete === undefined && runs === 1;
    expect(isWhole).toBe(false);
  });
});
