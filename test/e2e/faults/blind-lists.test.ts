import { createHarness } from '../support/harness.js';
import { inPhase } from '../support/phases.js';
import { isSubmission, simulate } from '../support/requests.js';

const EMPTY = { count: 0, num_pages: 0, data: [] };
const cutNames = (response: { data: { name: string }[] }) => ({
  ...response,
  data: response.data.map((run) => ({ ...run, name: run.name.slice(0, 30) })),
});

describe('a look-up that cannot find our runs', () => {
  it.each<[string, (page: never) => object]>([
    ['shows none to this user', () => EMPTY],
    ['cuts names off before the tag', cutNames],
  ])('is no proof that none is there: a person is asked where the list %s', async (_what, spoil) => {
    let posts = 0;
    const harness = await createHarness({
      breaker: false,
      faults: {
        beforeAnswer: async (request, response) => {
          const { pathname, searchParams } = new URL(request.url);
          if (isSubmission(request) && ++posts === 2) return 'drop';
          const isList =
            request.method === 'GET' && pathname === '/rest/action_run' && !searchParams.has('_filter_id__in');
          return isList ? Response.json(spoil((await response.json()) as never)) : response;
        },
      },
    });
    const result = await harness.running(async () => {
      await (await harness.start(simulate({}))).result();
      const handle = await harness.start(simulate({}, { type: 'investigate' }), { settleSecs: 0.2 });
      const { message } = await inPhase(handle, 'awaitingResolution');
      expect(message).toContain('cannot be looked up');
      const adopt = { decision: 'adopt', actionRunId: 2 };
      await handle.executeUpdate<string, [unknown]>('resolveSubmission', { args: [adopt] });
      return handle.result();
    });
    expect(result).toMatchObject({ outcome: 'success', actionRunId: 2, submissions: 1 });
    expect(harness.sim.counts().actionRuns).toBe(2);
    await harness.close();
  });

  it('control: where the list shows our runs, a lost POST of an action that only investigates is found by itself', async () => {
    let posts = 0;
    const beforeAnswer = (request: Request, response: Response): Promise<Response | 'drop'> =>
      Promise.resolve(isSubmission(request) && ++posts === 2 ? 'drop' : response);
    const harness = await createHarness({ breaker: false, faults: { beforeAnswer } });
    const result = await harness.running(async () => {
      await (await harness.start(simulate({}))).result();
      return (await harness.start(simulate({}, { type: 'investigate' }), { settleSecs: 0.2 })).result();
    });
    await harness.close();
    expect(result).toMatchObject({ outcome: 'success', actionRunId: 2, submissions: 1 });
  });
});

describe('a person who adopts a run', () => {
  it.each([
    ['that SOAR does not know', 99, {}, false],
    ['of another action', 1, {}, false],
    ['of another action, by force', 1, { force: true }, true],
    ['of another workflow, though it is alike', 2, {}, false],
    ['of another workflow, by force', 2, { force: true }, true],
  ])('%s', async (_what, actionRunId, more, isTaken) => {
    let posts = 0;
    const beforeHandle = (request: Request): Promise<Response | undefined> => {
      const isLost = isSubmission(request) && ++posts === 3;
      return Promise.resolve(isLost ? new Response('lost', { status: 502 }) : undefined);
    };
    const harness = await createHarness({ breaker: false, faults: { beforeHandle } });
    await harness.running(async () => {
      const other = { app_id: 1, assets: ['maxmind'], parameters: [{ ip: '8.8.8.8' }] };
      await (await harness.start({ ...simulate({}), action: 'geolocate ip', targets: [other] })).result();
      await (await harness.start(simulate({}))).result();
      const handle = await harness.start(simulate({}, { type: 'contain' }), { settleSecs: 0.2 });
      await inPhase(handle, 'awaitingResolution');
      const adopt = handle.executeUpdate<string, [unknown]>('resolveSubmission', {
        args: [{ decision: 'adopt', actionRunId, ...more }],
      });
      if (!isTaken) await expect(adopt).rejects.toMatchObject({ cause: { type: 'InvalidResolution' } });
      if (!isTaken) await handle.executeUpdate('resolveSubmission', { args: [{ decision: 'abandon' }] });
      expect(await handle.result()).toMatchObject({ actionRunId: isTaken ? actionRunId : null });
    });
    await harness.close();
  });
});
