import type { Info } from '@temporalio/activity';
import { awaitActionRuns } from '../../../src/activities/wait/await-action-runs.js';
import type { Sight, WaitInput } from '../../../src/activities/wait/await-action-runs.js';
import { BURST, MISSING_RUN_GRACE_MS } from '../../../src/model/timeouts-and-intervals.js';
import { createRunStatusLoader } from '../../../src/soar/run-status-loader.js';
import { Cleanup, clientFor, serveHttp } from '../soar/support/servers.js';
import { answer } from './support/pages.js';
import { attempt } from './support/run-activity.js';
import type { Attempt } from './support/run-activity.js';

const cleanup = new Cleanup();
afterEach(async () => {
  jest.restoreAllMocks();
  await cleanup.run();
});

const KNOWN = { approvals: [], problemAttempts: 0 };
const RUN = { actionRunIds: [7], mark: '[ours]', indices: null, origin: null };
const INPUT: WaitInput = { ...RUN, known: KNOWN, as: 'alone', watch: null };
/** After the burst, in a worker that has no room to watch it. */
const LATER: WaitInput = { ...INPUT, watch: 'recent' };
const APPROVAL = {
  id: 3,
  action_run: 7,
  status: 'pending',
  type: 'asset',
  owner: 1,
  owner_type: 'User',
  due_time: null,
};

/** The run at a look; `undefined` if SOAR does not know it. */
type Looks = (look: number) => ({ status: string } & Record<string, unknown>) | undefined;

interface Circumstances {
  readonly appRuns?: readonly object[];
  /** What SOAR lists of action_runs. */
  readonly listed?: readonly object[];
  readonly input?: WaitInput;
  readonly msPerLook?: number;
  readonly approvals?: readonly unknown[];
}

/** Awaits run 7 of a SOAR that shows it as `looks` says, on a clock that moves on by `msPerLook` at every look. */
async function awaitRun(
  looks: Looks,
  info: Partial<Info> = {},
  { input = INPUT, msPerLook = 0, approvals = [], appRuns = [], listed = [] }: Circumstances = {},
): Promise<Attempt<Sight> & { readonly looks: number }> {
  let looked = 0;
  let nowMs = Date.now();
  jest.spyOn(performance, 'now').mockImplementation(() => nowMs);
  const server = await serveHttp(cleanup, (request, response) => {
    const { pathname } = new URL(request.url ?? '', 'http://soar');
    if (pathname === '/rest/approval') {
      answer(response, { count: approvals.length, num_pages: 1, data: approvals });
    } else if (pathname === '/rest/action_run/7/app_runs') {
      answer(response, { count: appRuns.length, num_pages: 1, data: appRuns });
    } else if (pathname === '/rest/action_run') {
      answer(response, { count: listed.length, num_pages: 1, data: listed });
    } else if (pathname === '/rest/action_run/7') {
      nowMs += msPerLook;
      const run = looks(looked++);
      if (run) answer(response, { id: 7, message: '', ...run });
      else answer(response, { failed: true, message: 'not found' }, 404);
    } else {
      answer(response, { failed: true, message: 'not here' }, 404);
    }
  });
  const soar = clientFor(cleanup, server.url);
  const seen = await attempt(
    (given: WaitInput) =>
      awaitActionRuns(soar, createRunStatusLoader(soar, { tickMs: 1, now: () => Date.now() }), undefined, given),
    input,
    info,
  );
  return { ...seen, looks: looked };
}

describe('the first attempt, a burst of polls,', () => {
  it('sees a quick run end', async () => {
    const { result } = await awaitRun((look) => ({ status: look < 2 ? 'running' : 'success', message: 'done' }));
    expect(result).toMatchObject({ polls: 3, ended: [{ actionRunId: 7, actionRun: { status: 'success' } }] });
  });

  it('ends with word of a run that is slow, for the workflow to have it watched', async () => {
    const { result, looks } = await awaitRun(
      () => ({ status: 'running', message: 'half way' }),
      {},
      { msPerLook: BURST.totalMs / 4 },
    );
    expect(looks).toBe(4);
    expect(result).toMatchObject({ ended: [], slow: true, polls: 4, latest: { message: 'half way' }, problem: null });
  });

  it('tells Temporal at every poll where the run stands, but for the last: that one is the result', async () => {
    const { heartbeats } = await awaitRun((look) => ({
      status: look === 0 ? 'pending' : 'success',
      message: `look ${look}`,
    }));
    expect(heartbeats).toEqual([{ polls: 1, status: 'pending', message: 'look 0', problem: null }]);
  });
});

describe('an attempt after the burst, in a worker that can watch no more,', () => {
  it('is one poll that ends with a benign failure, and counts on from the attempt before it', async () => {
    const { failure, looks } = await awaitRun(
      () => ({ status: 'running', message: 'half way' }),
      { attempt: 5, heartbeatDetails: { polls: 40, status: 'running', message: '' } },
      { input: LATER },
    );
    expect(looks).toBe(1);
    expect(failure).toMatchObject({
      type: 'ActionRunPending',
      category: 'BENIGN',
      nonRetryable: false,
      message: 'the action_run is running (poll 41): half way',
      details: [{ polls: 41, status: 'running', message: 'half way', problem: null }],
    });
  });

  it.each(['pending', 'running', 'Pending'])('takes the status %j for no end', async (status) => {
    const { failure } = await awaitRun(() => ({ status }), { attempt: 2 }, { input: LATER });
    expect(failure).toMatchObject({ type: 'ActionRunPending', category: 'BENIGN' });
  });

  it.each(['success', 'SUCCESS', 'failed', 'failure', 'error', 'cancelled', 'canceled'])(
    'takes the status %j for an end',
    async (status) => {
      const { result } = await awaitRun(() => ({ status }), { attempt: 2 });
      expect(result).toMatchObject({ ended: [{ actionRun: { status } }] });
    },
  );

  it('cuts a long message before it is shown', async () => {
    const { heartbeats } = await awaitRun(() => ({ status: 'success', message: 'x'.repeat(100_000) }), { attempt: 2 });
    expect(JSON.stringify(heartbeats).length).toBeLessThan(400);
  });
});

describe('a run that SOAR does not know yet', () => {
  it('is asked for again, and seen once it is there', async () => {
    const { result } = await awaitRun((look) => (look === 0 ? undefined : { status: 'success' }), { attempt: 2 });
    expect(result).toMatchObject({ ended: [{ actionRunId: 7 }], polls: 2 });
  });

  it('is missing only after the whole grace time', async () => {
    const input = { ...INPUT, known: { ...KNOWN, problemAttempts: 100 } };
    const report = { polls: 0, problem: { code: 'SOAR_NOT_FOUND', message: '', attempts: 150 } };
    const { result, looks } = await awaitRun(
      () => undefined,
      { attempt: 2, heartbeatDetails: report },
      { input, msPerLook: MISSING_RUN_GRACE_MS / 3 },
    );
    expect(looks).toBe(4);
    expect(result?.ended).toMatchObject([{ actionRunId: 7, statusClass: 'missing', actionRun: null }]);
  });
});

/** A wait that nobody interrupts: what is wrong has been told often. */
const TOLD = { ...INPUT, known: { ...KNOWN, problemAttempts: 1_000 } };
const LONG_TRIED = { attempt: 2, heartbeatDetails: { polls: 0, problem: { code: '', message: '', attempts: 1_500 } } };

describe('a run whose number is another’s now', () => {
  const theirs: Looks = () => ({ status: 'success', name: 'somebody else’s', container: 77 });

  it('is said at once, and replaced only after the whole grace time', async () => {
    expect((await awaitRun(theirs)).result).toMatchObject({ ended: [], problem: { code: 'SOAR_OTHER_RUN' } });
    const msPerLook = MISSING_RUN_GRACE_MS / 3;
    const { result, looks } = await awaitRun(theirs, LONG_TRIED, { input: TOLD, msPerLook });
    expect(looks).toBe(4);
    const message = expect.stringContaining('does not know our run any more') as string;
    expect(result?.ended).toMatchObject([{ actionRunId: 7, statusClass: 'replaced', message, actionRun: null }]);
  });

  it('is ours again where another node shows it', async () => {
    const flickering: Looks = (look) => (look < 3 ? theirs(look) : { status: 'success', name: 'x [ours]' });
    const { result } = await awaitRun(flickering, LONG_TRIED, { input: TOLD });
    expect(result?.ended).toMatchObject([{ actionRunId: 7, statusClass: 'succeeded' }]);
  });

  it('is found under its new number', async () => {
    const listed = [
      { id: 9, status: 'running', name: 'x [ours]', container: 1 },
      { id: 8, status: 'running', name: 'x [others]', container: 1 },
    ];
    const { result } = await awaitRun(theirs, {}, { listed });
    expect(result).toMatchObject({ ended: [], moved: [{ from: 7, to: 9, url: null }] });
  });
});

describe('a run with a status that nobody knows', () => {
  const msPerLook = 4_000;
  const ended = (status: string) => ({ id: 70, status, message: '', end_time: '2026-01-01T00:00:00Z' });
  const targets = [{ app_id: 1, assets: ['a', 'b'], parameters: [] }];
  const close_time = '2026-01-01T00:00:00Z';

  it('is followed, and that is said within a minute', async () => {
    const { result, looks } = await awaitRun(() => ({ status: 'tomorrow' }), {}, { msPerLook });
    expect(result).toMatchObject({
      ended: [],
      problem: { code: 'SOAR_UNKNOWN_STATUS' },
      latest: { status: 'tomorrow' },
    });
    expect(looks * msPerLook).toBeLessThan(60_000);
  });

  it('stays said, in the next attempt from its first look on', async () => {
    const known = { ...KNOWN, problemAttempts: 2, problemCode: 'SOAR_UNKNOWN_STATUS' };
    const { result, looks } = await awaitRun(() => ({ status: 'tomorrow' }), {}, { input: { ...INPUT, known } });
    expect(result).toMatchObject({ problem: { attempts: 4 } });
    expect(looks).toBe(4);
  });

  it.each<[string, Record<string, unknown>, object[], string]>([
    ['a close_time, and app_runs that succeeded', { close_time }, [ended('success')], 'succeeded'],
    [
      'a close_time, and an app_run that failed',
      { close_time },
      [ended('success'), { ...ended('failed'), id: 71 }],
      'failed',
    ],
    ['a close_time, and no app_run', { close_time }, [], 'failed'],
    ['a close_time, and who cancelled it', { close_time, cancelled: 'by admin' }, [], 'cancelled'],
    ['an ended app_run for each asset', { targets }, [ended('success'), { ...ended('success'), id: 71 }], 'succeeded'],
    [
      'app_runs that end in words of tomorrow, too',
      { targets },
      [ended('success'), { ...ended('skipped'), id: 71 }],
      'failed',
    ],
  ])('has ended where it has %s', async (_what, run, appRuns, statusClass) => {
    const { result } = await awaitRun(() => ({ status: 'skipped', ...run }), {}, { msPerLook, appRuns });
    expect(result?.ended).toMatchObject([{ actionRunId: 7, statusClass }]);
  });

  it.each<[string, Record<string, unknown>, object[]]>([
    ['an app_run goes on', { close_time }, [{ ...ended('running'), end_time: null }]],
    ['an asset has no app_run yet', { targets }, [ended('success')]],
    ['nobody knows how many app_runs there will be', {}, [ended('success')]],
    ['there is no app_run yet', { targets: [] }, []],
  ])('goes on where %s', async (_what, run, appRuns) => {
    const { result } = await awaitRun(() => ({ status: 'tomorrow', ...run }), {}, { msPerLook, appRuns });
    expect(result).toMatchObject({ ended: [], problem: { code: 'SOAR_UNKNOWN_STATUS' } });
  });
});

describe('a run that waits for a person', () => {
  const pending: Looks = () => ({ status: 'pending' });

  it('is reported with who is asked', async () => {
    const { result } = await awaitRun(pending, { attempt: 2 }, { approvals: [APPROVAL] });
    expect(result).toMatchObject({
      ended: [],
      approvals: [{ id: 3, type: 'asset', owner: '1', dueTime: null }],
    });
  });

  it('is reported with as many who are asked as SOAR was asked for', async () => {
    const given = await awaitRun(pending, { attempt: 2 }, { approvals: Array<object>(60).fill(APPROVAL) });
    expect(given.result?.approvals).toHaveLength(50);
  });
  it('is reported once', async () => {
    const input = { ...LATER, known: { ...KNOWN, approvals: [3] } };
    const { failure } = await awaitRun(pending, { attempt: 2 }, { input, approvals: [APPROVAL] });
    expect(failure).toMatchObject({ type: 'ActionRunPending' });
  });

  it('is reported again once nobody is asked any more', async () => {
    const input = { ...LATER, known: { ...KNOWN, approvals: [3] } };
    const { result } = await awaitRun(() => ({ status: 'running' }), { attempt: 2 }, { input });
    expect(result).toMatchObject({ ended: [], approvals: [] });
  });

  it.each([
    ['answered approvals', { ...APPROVAL, status: 'approved' }],
    ['approvals of other runs', { ...APPROVAL, action_run: 8 }],
  ])('is not reported for %s', async (_what, approval) => {
    const { failure } = await awaitRun(pending, { attempt: 2 }, { input: LATER, approvals: [approval] });
    expect(failure).toMatchObject({ type: 'ActionRunPending' });
  });
});

describe('an answer that gives no status', () => {
  it('ends no wait: it is told at its second try, and again when the tries have doubled', async () => {
    const unknown: Looks = () => undefined;
    const first = await awaitRun(unknown);
    expect(first.result).toMatchObject({ ended: [], problem: { code: 'SOAR_NOT_FOUND', attempts: 2 } });
    const input = { ...INPUT, known: { ...KNOWN, problemAttempts: 2 } };
    const heartbeatDetails = { polls: 2, problem: { code: 'SOAR_NOT_FOUND', message: '', attempts: 3 } };
    const later = await awaitRun(unknown, { attempt: 3, heartbeatDetails }, { input });
    expect(later.result).toMatchObject({ ended: [], problem: { attempts: 4 } });
  });

  it('that is over is told, too', async () => {
    const input = { ...INPUT, known: { ...KNOWN, problemAttempts: 2 } };
    const { result } = await awaitRun(() => ({ status: 'running' }), { attempt: 2 }, { input });
    expect(result).toMatchObject({ ended: [], problem: null, latest: { status: 'running' } });
  });
});
