import { cancelActionRun } from '../../../src/activities/cancel.js';
import { SeenRuns } from '../../../src/soar/our-run.js';
import type { KnownRun } from '../../../src/soar/our-run.js';
import type { CancelAnswer } from '../../../src/model/run-state.js';
import { Cleanup, clientFor, closedPort, serveHttp, serveJson } from '../soar/support/servers.js';
import { answer } from './support/pages.js';
import { attempt } from './support/run-activity.js';
import type { Attempt } from './support/run-activity.js';

const cleanup = new Cleanup();
afterEach(() => cleanup.run());

const MARK = '[soar-runner:01a2b3c4-0000-4000-8000-000000000001]';
const OURS = { id: 7, status: 'running', message: '', name: `block it ${MARK}` };

function cancelAt(url: string, mark = MARK, seen = new SeenRuns()): Promise<Attempt<CancelAnswer>> {
  return attempt((run: KnownRun) => cancelActionRun(clientFor(cleanup, url), seen, run), {
    actionRunId: 7,
    mark,
    origin: null,
  });
}

/** A SOAR with these runs. @returns its address, and the numbers of the runs that it was asked to cancel */
async function serve(runs: readonly { id: number }[], toCancel: object, status = 200) {
  const cancelled: number[] = [];
  const { url } = await serveHttp(cleanup, (request, response) => {
    const [, id] = /action_run\/(\d+)$/.exec(request.url ?? '') ?? [];
    if (request.method === 'POST') cancelled.push(Number(id));
    const run = runs.find((one) => one.id === Number(id));
    if (request.method === 'POST') answer(response, toCancel, status);
    else if (id === undefined) answer(response, { count: runs.length, num_pages: 1, data: runs });
    else answer(response, run ?? { failed: true, message: 'not found' }, run ? 200 : 404);
  });
  return { url, cancelled };
}

describe('the cancel of a run', () => {
  it('brings back SOAR’s consent', async () => {
    const { url } = await serve([OURS], { cancelled: true, message: 'cancelled' });
    expect((await cancelAt(url)).result).toEqual({ accepted: true, message: 'cancelled' });
  });

  it.each([200, 400, 403])('brings back SOAR’s refusal (HTTP %i) as an answer', async (status) => {
    const { url } = await serve([OURS], { failed: true, message: 'it had ended' }, status);
    const { result } = await cancelAt(url);
    expect(result?.accepted).toBe(false);
    expect(result?.message).toContain('it had ended');
  });

  it('is sent again where a node that lags knows nothing of the run', async () => {
    const { url } = await serve([OURS], { failed: true, message: 'not found' }, 404);
    expect((await cancelAt(url)).failure).toMatchObject({ type: 'SOAR_NOT_FOUND', nonRetryable: false });
    const blind = await serve([], {});
    expect((await cancelAt(blind.url)).failure).toMatchObject({ type: 'SOAR_NOT_FOUND', nonRetryable: false });
    expect(blind.cancelled).toEqual([]);
  });

  const theirs = { ...OURS, name: 'somebody else’s' };

  it.each([
    ['another name', theirs],
    ['our name without its tag', { ...OURS, name: 'block it' }],
    ['the tag of another workflow', { ...OURS, name: OURS.name.replace('0001', '0002') }],
    ['the beginning of our tag alone', { ...OURS, name: 'block it [soar-runner:01]' }],
  ])('never reaches a run with %s', async (_what, run) => {
    const { url, cancelled } = await serve([run], { cancelled: true, message: 'cancelled' });
    expect((await cancelAt(url)).failure).toMatchObject({ type: 'SOAR_OTHER_RUN', nonRetryable: false });
    expect(cancelled).toEqual([]);
  });

  it('reaches our run under the number that SOAR has given it', async () => {
    const { url, cancelled } = await serve([theirs, { ...OURS, id: 9 }], { cancelled: true, message: 'cancelled' });
    expect((await cancelAt(url)).result).toMatchObject({ accepted: true });
    expect(cancelled).toEqual([9]);
  });

  it('control: without a mark it stops somebody else’s action', async () => {
    const { url, cancelled } = await serve([theirs], { cancelled: true, message: 'cancelled' });
    await cancelAt(url, '');
    expect(cancelled).toEqual([7]);
  });

  it('is sent again where SOAR has trouble or cannot be reached', async () => {
    const { url } = await serveJson(cleanup, {}, 503, { 'retry-after': '3' });
    const away = `http://127.0.0.1:${await closedPort()}`;
    expect((await cancelAt(url)).failure).toMatchObject({ nonRetryable: false, nextRetryDelay: 3_000 });
    expect((await cancelAt(away)).failure).toMatchObject({ type: 'SOAR_CONNECTION', nonRetryable: false });
  });

  describe('while SOAR answers no look', () => {
    async function busy() {
      let cancels = 0;
      const { url } = await serveHttp(cleanup, ({ method }, response) => {
        if (method === 'POST') cancels += 1;
        if (method === 'POST') answer(response, { cancelled: true, message: 'cancelled' }, 200);
        else answer(response, {}, 503);
      });
      return { url, cancels: () => cancels };
    }
    /** What SOAR said of the run `agoMs` ago. */
    function said(name: string | null, agoMs: number): SeenRuns {
      let nowMs = 0;
      const seen = new SeenRuns(() => nowMs);
      seen.note(7, MARK);
      seen.note(7, name);
      nowMs = agoMs;
      return seen;
    }

    it.each([0, 299_000])('goes out if SOAR said %i ms ago that the run is ours', async (agoMs) => {
      const { url } = await busy();
      expect((await cancelAt(url, MARK, said(OURS.name, agoMs))).result).toMatchObject({ accepted: true });
    });

    it.each([
      ['SOAR said so too long ago', OURS.name, 300_000],
      ['SOAR said since that it is another’s', theirs.name, 0],
      ['SOAR said since that it has no name', null, 0],
    ])('waits if %s', async (_why, name, agoMs) => {
      const { url, cancels } = await busy();
      expect((await cancelAt(url, MARK, said(name, agoMs))).failure).toMatchObject({ nonRetryable: false });
      expect(cancels()).toBe(0);
    });
  });
});
