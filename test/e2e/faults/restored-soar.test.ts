import { randomUUID } from 'node:crypto';
import type { Sight, SoarActivities } from '../../../src/activities/index.js';
import { setTimeout as delay } from 'node:timers/promises';
import { createSoarRunnerClient, SoarRunner } from '../../../src/client/soar-runner.js';
import type { Row } from '../../../src/contracts/read-rows.js';
import type { RunActionResult } from '../../../src/contracts/run-action.js';
import type { RunState } from '../../../src/model/run-state.js';
import { createHarness } from '../support/harness.js';
import type { Harness } from '../support/harness.js';
import { eventually } from '../support/phases.js';
import { simulate } from '../support/requests.js';
import { RestoredSoar } from '../support/restored-soar.js';
import { together } from '../support/together.js';

/** What became of the action, and what the worker did to runs that are not ours. */
interface Fate {
  readonly result?: RunActionResult;
  readonly rows: readonly Row[];
  readonly succeeded?: number;
  readonly cancelled: readonly number[];
  /** Codes of what the status said to be wrong. */
  readonly problems: readonly (string | undefined)[];
  readonly url?: string | null;
  readonly runs: number;
}

interface Scene {
  readonly harness: Harness;
  readonly soar: RestoredSoar;
}

async function inScene(
  play: (scene: Scene) => Promise<Partial<Fate>>,
  weaken?: (activities: SoarActivities) => Partial<SoarActivities>,
): Promise<Fate> {
  const soar = new RestoredSoar();
  const harness = await createHarness({ breaker: false, faults: soar });
  const worker = await harness.worker({ activities: { ...harness.activities, ...weaken?.(harness.activities) } });
  try {
    const fate = await worker.runUntil(() => play({ harness, soar }));
    const runs = harness.sim.counts().actionRuns;
    return { rows: [], problems: [], ...fate, cancelled: soar.cancelled, runs };
  } finally {
    await harness.close();
  }
}

type Handle = Awaited<ReturnType<Harness['start']>>;
const statusOf = (handle: Handle): Promise<RunState> => handle.query<RunState>('status');
const isRunning = async (handle: Handle): Promise<true | undefined> => {
  const state = await statusOf(handle).catch(() => undefined);
  return typeof state?.actionRunId === 'number' ? true : undefined;
};

async function watchProblems(handle: Handle, problems: (string | undefined)[], ended: AbortSignal): Promise<void> {
  while (!ended.aborted) {
    const state = await statusOf(handle).catch(() => undefined);
    problems.push(state?.problem?.code);
    await delay(500);
  }
}

/** A run whose number becomes somebody else's while it goes on; `then` is what happens next. */
function replaced(
  type: string,
  {
    then = () => Promise.resolve(),
    options = {},
    to,
  }: {
    readonly then?: (handle: Handle) => Promise<unknown>;
    readonly options?: object;
    readonly to?: number;
  } = {},
) {
  return async ({ harness, soar }: Scene): Promise<Partial<Fate>> => {
    const seconds = type === 'investigate' ? 4 : to === undefined ? 600 : 12;
    const handle = await harness.start(simulate({ seconds, message: 'ours' }, { type }), {
      settleSecs: 0.2,
      ...options,
    });
    await eventually(() => isRunning(handle));
    soar.replace(1, to);
    const problems: (string | undefined)[] = [];
    const ended = new AbortController();
    const watching = watchProblems(handle, problems, ended.signal);
    await then(handle);
    const result = await handle.result().finally(() => {
      ended.abort();
    });
    await watching;
    const { actionRunUrl } = await statusOf(handle);
    return { result, problems, url: actionRunUrl };
  };
}

const REQUEST = { ...simulate({}), targets: [{ app_id: 2, assets: ['lab'] }] };
const ITEMS = ['a', 'b', 'c'].map((message) => ({ message }));

/** A batch, of which SOAR loses all runs; its rows by `readRows`, through the client. */
function batch(
  how: {
    readonly type: string;
    readonly itemsPerRun: number;
    readonly seconds: number;
    readonly lost: 'before' | 'after';
  },
  then: (batch: { cancel(): Promise<void> }) => Promise<unknown> = () => Promise.resolve(),
) {
  return async ({ harness, soar }: Scene): Promise<Partial<Fate>> => {
    const started = await createSoarRunnerClient(harness.client, harness.taskQueue).enrichBatch(`b-${randomUUID()}`, {
      request: { ...REQUEST, type: how.type },
      items: ITEMS.map((item) => ({ ...item, seconds: how.seconds })),
      options: { itemsPerRun: how.itemsPerRun, run: { settleSecs: 0.2 } },
    });
    const runs = Math.ceil(ITEMS.length / how.itemsPerRun);
    const lose = async (): Promise<void> => {
      await eventually(() => Promise.resolve(harness.sim.counts().actionRuns >= runs || undefined));
      for (let id = 1; id <= runs; id += 1) soar.replace(id);
    };
    if (how.lost === 'before') await lose();
    await then(started);
    const { succeeded } = await started.result();
    if (how.lost === 'after') await lose();
    const rows: Row[] = [];
    for await (const row of SoarRunner.on(harness.client, harness.taskQueue).batch(started.workflowId).rows())
      rows.push(row);
    return { rows, succeeded };
  };
}

const PACKED = { type: 'investigate', itemsPerRun: 100, seconds: 0, lost: 'after' } as const;
const GROUPED = { ...PACKED, itemsPerRun: 1 } as const;

/** A letter that every name has: it tells no run from another. */
const NO_MARK = 'e';

/** A worker that takes a number for the run, and does not tell the workflow whose it was. */
const TRUSTING = (activities: SoarActivities): Partial<SoarActivities> => ({
  firstLook: async (input) => {
    const look = await activities.firstLook({ ...input, mark: NO_MARK });
    return { ...look, sight: nameless(look.sight) };
  },
  awaitActionRuns: async (input) =>
    nameless(await activities.awaitActionRuns(input.indices ? input : { ...input, mark: NO_MARK })),
  fetchAppRuns: (input) => activities.fetchAppRuns({ ...input, mark: NO_MARK }),
  cancelActionRun: (input) => activities.cancelActionRun({ ...input, mark: NO_MARK }),
});

function nameless(sight: Sight): Sight {
  return { ...sight, ended: sight.ended.map((run) => ({ ...run, actionRun: null })) };
}

const cancel = (handle: { cancel?: () => Promise<unknown> } & Partial<Handle>) =>
  handle.signal?.('cancel') ?? handle.cancel?.();

const fates = together<Fate>(
  {
    contain: () => inScene(replaced('contain')),
    investigate: () => inScene(replaced('investigate')),
    cancel: () => inScene(replaced('contain', { then: (handle) => handle.signal('cancel') })),
    deadline: () => inScene(replaced('contain', { options: { timeoutSecs: 2 } })),
    moved: () => inScene(replaced('contain', { to: 50 })),
    'moved and cancelled': () => inScene(replaced('contain', { to: 50, then: (handle) => handle.signal('cancel') })),
    packed: () => inScene(batch(PACKED)),
    grouped: () => inScene(batch(GROUPED)),
    'grouped, contain': () => inScene(batch({ ...GROUPED, type: 'contain', seconds: 600, lost: 'before' })),
    'grouped, investigate': () => inScene(batch({ ...GROUPED, seconds: 4, lost: 'before' })),
    'grouped, cancelled': () =>
      inScene(batch({ ...GROUPED, type: 'contain', seconds: 600, lost: 'before' }, (started) => started.cancel())),
    control: () => inScene(replaced('contain'), TRUSTING),
    'control, cancelled': () => inScene(replaced('contain', { then: (handle) => handle.signal('cancel') }), TRUSTING),
  },
  5,
);

describe('a SOAR that comes back without our latest runs, and gives their numbers to others', () => {
  it.each(['contain', 'cancel', 'deadline'])(
    'fails an action that may have been run, and says so: %s',
    async (name) => {
      const { result, cancelled, problems, url } = await fates(name);
      expect(result).toMatchObject({ outcome: 'failed', actionRun: null, appRuns: [], submissions: 1 });
      expect(result?.message).toContain('does not know our run any more');
      expect(problems).toContain('SOAR_OTHER_RUN');
      expect(cancelled).toEqual([]);
      expect(url).toBeNull();
    },
  );

  it('has an action submitted again, once, that may be run twice', async () => {
    const { result, cancelled, runs } = await fates('investigate');
    expect(result).toMatchObject({ actionRunId: 2, submissions: 2 });
    expect(runs).toBe(2);
    expect(cancelled).toEqual([]);
  });

  it('has our run followed under its new number', async () => {
    const { result, cancelled } = await fates('moved');
    expect(result).toMatchObject({
      outcome: 'success',
      actionRunId: 50,
      submissions: 1,
      message: '1 actions succeeded',
    });
    expect(cancelled).toEqual([]);
  });

  it('has our run cancelled under its new number, and nobody else’s', async () => {
    const { result, cancelled } = await fates('moved and cancelled');
    expect(result).toMatchObject({ outcome: 'cancelled', actionRunId: 50 });
    expect(new Set(cancelled)).toEqual(new Set([50]));
  });

  it.each(['packed', 'grouped'])('shows no row with another’s result, hours later: %s', async (name) => {
    const { rows, succeeded } = await fates(name);
    expect(succeeded).toBe(3);
    expect(rows.map(({ status }) => status)).toEqual(['gone', 'gone', 'gone']);
    expect(JSON.stringify(rows)).not.toContain('theirs');
    expect(rows.every(({ actionRunId }) => actionRunId === null)).toBe(true);
  });

  it.each(['grouped, contain', 'grouped, cancelled'])('fails rows that may have been run: %s', async (name) => {
    const { rows, cancelled, succeeded, runs } = await fates(name);
    expect(succeeded).toBe(0);
    const isSaid = expect.stringContaining('does not know our run any more') as string;
    expect(rows).toMatchObject(ITEMS.map(() => ({ status: 'failed', message: isSaid })));
    expect(cancelled).toEqual([]);
    expect(runs).toBe(3);
  });

  it('has rows run again, once each, that may be run twice', async () => {
    const { rows, cancelled, succeeded, runs } = await fates('grouped, investigate');
    expect(succeeded).toBe(3);
    expect(rows.map(({ message }) => message)).toEqual(['a', 'b', 'c']);
    expect(cancelled).toEqual([]);
    expect(runs).toBe(6);
  });

  it('control: a worker that takes a number for the run reports somebody else’s as ours', async () => {
    expect((await fates('control')).result).toMatchObject({ outcome: 'success', message: 'theirs' });
  });

  it('control: such a worker cancels somebody else’s run', async () => {
    const { result, cancelled } = await fates('control, cancelled');
    expect([result?.message, ...cancelled]).toContain('theirs');
  });
});
