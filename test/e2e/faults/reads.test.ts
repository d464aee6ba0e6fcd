import type { SoarActivities } from '../../../src/activities/index.js';
import type { RunActionResult } from '../../../src/contracts/run-action.js';
import { SEARCH_ATTRIBUTES } from '../../../src/model/search-attributes.js';
import { ENVELOPES, PASSING_ANSWERS, runNames, runsNamed, SpoilingProxy } from '../support/answers.js';
import type { Read } from '../support/answers.js';
import { createHarness } from '../support/harness.js';
import type { Harness } from '../support/harness.js';
import { simulate } from '../support/requests.js';
import { together } from '../support/together.js';

const KINDS = [...PASSING_ANSWERS, ...ENVELOPES];
const TITLES = KINDS.map(([kind]) => kind);

/** What became of the action of which one read was spoilt. */
interface Fate {
  readonly result: RunActionResult | undefined;
  readonly failure: unknown;
  /** What was said to be wrong, in that order. */
  readonly problems: readonly string[];
  readonly spoilt: number;
  readonly runs: number;
}

/** Runs one action for each kind of answer at the same time, each with its own fault on `read`. */
async function fatesOf(read: Read, weaken?: (harness: Harness) => Partial<SoarActivities>): Promise<Map<string, Fate>> {
  // The control is answered so until it asks: on a busy machine that may be late.
  const proxy = new SpoilingProxy(read, KINDS, weaken ? Infinity : undefined);
  const harness = await createHarness({ faults: proxy, breaker: false });
  const outcome = read === 'approvals' ? 'failed' : 'success';
  const fateOf = async (kind: string): Promise<[string, Fate]> => {
    const request = simulate({ seconds: 1, outcome }, { name: `{${kind}}`, type: 'investigate' });
    const handle = await harness.start(request, { settleSecs: weaken ? 0 : 0.5 });
    const settled = await handle.result().then(
      (result) => ({ result, failure: undefined }),
      (failure: unknown) => ({ result: undefined, failure }),
    );
    const problems = await problemsOf(handle);
    return [kind, { ...settled, problems, spoilt: proxy.hits.get(kind) ?? 0, runs: 0 }];
  };
  const worker = await harness.worker({ activities: { ...harness.activities, ...weaken?.(harness) } });
  const fates = await worker.runUntil(() => Promise.all(TITLES.map(fateOf)));
  const runs = await runNames(harness);
  await harness.close();
  return new Map(fates.map(([kind, fate]) => [kind, { ...fate, runs: runsNamed(runs, kind) }]));
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
    const ended = [{ actionRunId, statusClass: 'missing' as const, message: 'refused', actionRun: null }];
    return { ended, approvals: null, asked: [], slow: false, latest: null, polls: 1, problem: null };
  },
});

type Handle = Awaited<ReturnType<Harness['start']>>;

/** Each change of what is wrong is published, and so stands in the history. */
async function problemsOf(handle: Handle): Promise<string[]> {
  const { events } = await handle.fetchHistory();
  return (events ?? []).flatMap(({ upsertWorkflowSearchAttributesEventAttributes: upsert }) => {
    const { data } = upsert?.searchAttributes?.indexedFields?.[SEARCH_ATTRIBUTES.problem] ?? {};
    const code: unknown = data ? JSON.parse(Buffer.from(data).toString()) : undefined;
    return typeof code === 'string' ? [code] : [];
  });
}

const READS: readonly [Read, (result: RunActionResult | undefined) => void][] = [
  ['status', (result) => expect(result).toMatchObject({ outcome: 'success', appRuns: [{ results: [{}] }] })],
  ['appRuns', (result) => expect(result).toMatchObject({ outcome: 'success', appRuns: [{ results: [{}] }] })],
  ['results', (result) => expect(result).toMatchObject({ outcome: 'success', appRuns: [{ results: [{}] }] })],
  ['approvals', (result) => expect(result).toMatchObject({ outcome: 'failed', approvals: [] })],
  ['lookUp', (result) => expect(result).toMatchObject({ outcome: 'success', submissions: 1 })],
];
// All six at once are 174 actions in one process: it would be too busy to read the answers that are spoilt before its time is up.
const fates = together(
  {
    ...Object.fromEntries(READS.map(([read]) => [read, () => fatesOf(read)])),
    control: () => fatesOf('status', HASTY),
  },
  2,
);

describe.each(READS)('a passing answer to the read of %s', (read, expectWhole) => {
  // A result that is too large is left in SOAR at once: that answer hardly passes.
  const waitedOut = TITLES.filter((kind) => read !== 'results' || kind !== 'a million empty objects');

  it.each(waitedOut)('is waited out, and the run is followed to its own end: %s', async (kind) => {
    const fate = (await fates(read)).get(kind);
    expect(fate?.failure).toBeUndefined();
    expect(fate?.spoilt).toBeGreaterThan(0);
    expectWhole(fate?.result);
    expect(fate?.result).not.toHaveProperty('incomplete');
    expect(fate?.runs).toBe(1);
  });

  it('is published while it lasts, and that it is over', async () => {
    const said = [...(await fates(read)).values()].map(({ problems }) => problems);
    expect(new Set(said.flat()).size).toBeGreaterThan(5);
  });
});

describe('control: a worker that takes the first answer to status for the last', () => {
  // The control sends no heartbeats, so a large answer on a busy machine gives it a second try.
  it.each(TITLES.filter((kind) => kind !== 'a million empty objects'))(
    'loses the run, or its only POST: %s',
    async (kind) => {
      const { result, runs = 0 } = (await fates('control')).get(kind) ?? {};
      const isWhole = result?.outcome === 'success' && result.incomplete === undefined && runs === 1;
      expect(isWhole).toBe(false);
    },
  );
});
