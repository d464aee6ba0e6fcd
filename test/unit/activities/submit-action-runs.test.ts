import type { RequestListener } from 'node:http';
import type { TagProof } from '../../../src/activities/tag-proof.js';
import { submitActionRuns } from '../../../src/activities/submit.js';
import type { GroupSubmission, PostedRuns } from '../../../src/activities/submit.js';
import { bodyOf, Cleanup, clientFor, closedPort, serveHttp } from '../soar/support/servers.js';
import { answer } from './support/pages.js';
import { attempt } from './support/run-activity.js';
import type { Attempt } from './support/run-activity.js';

const cleanup = new Cleanup();
afterEach(() => cleanup.run());

const groupOf = (count: number): GroupSubmission => ({
  request: { action: 'simulate', container_id: 1, name: 'many', targets: [{ app_id: 2, assets: ['lab'] }] },
  runs: Array.from({ length: count }, (_, index) => ({
    target: { container_id: index + 10 },
    parameters: [{ message: `item ${index}` }],
  })),
  indices: Array.from({ length: count }, (_, index) => index + 100),
  tag: 'soar-runner:group',
  origin: null,
});
const NO_PROOF: TagProof = { noteSubmitted: () => undefined, doubt: () => Promise.resolve(undefined) };

type Submission = Attempt<PostedRuns> & { readonly posts: readonly Record<string, unknown>[] };

async function submit(
  handler: RequestListener,
  count: number,
  info: Parameters<typeof attempt>[2] = {},
): Promise<Submission> {
  const posts: Record<string, unknown>[] = [];
  const server = await serveHttp(cleanup, (request, response) => {
    void bodyOf(request).then((body) => {
      posts.push(JSON.parse(body) as Record<string, unknown>);
      handler(request, response);
    });
  });
  const soar = clientFor(cleanup, server.url);
  const activity = (given: GroupSubmission) => submitActionRuns(soar, NO_PROOF, given);
  return { ...(await attempt(activity, groupOf(count), info)), posts };
}

function queuing(): RequestListener {
  let id = 0;
  return (_request, response) => {
    answer(response, { action_run_id: ++id, message: 'New action queued.', success: true });
  };
}

/** Answers the POSTs in turn, and the last way from then on. */
function inTurn(...handlers: readonly RequestListener[]): RequestListener {
  let turn = 0;
  return (request, response) => handlers[Math.min(turn++, handlers.length - 1)]?.(request, response);
}

const refuse =
  (status: number): RequestListener =>
  (_request, response) => {
    response.setHeader('retry-after', '7');
    answer(response, { failed: true, message: 'no' }, status);
  };

describe('the submissions of a group', () => {
  it('go out each in its own place and under its own tag', async () => {
    const { result, posts } = await submit(queuing(), 3);
    expect(posts.map(({ name, container_id }) => [name, container_id]).sort()).toEqual([
      ['many [soar-runner:group/100]', 10],
      ['many [soar-runner:group/101]', 11],
      ['many [soar-runner:group/102]', 12],
    ]);
    expect(result?.posted.map(({ index, kind }) => [index, kind])).toEqual([
      [100, 'submitted'],
      [101, 'submitted'],
      [102, 'submitted'],
    ]);
  });

  it('are told apart: taken, refused, and lost on the way', async () => {
    const handler = inTurn(queuing(), refuse(400), refuse(502));
    const { result } = await submit(handler, 3);
    expect(result?.posted.map(({ kind }) => kind).sort()).toEqual(['refused', 'submitted', 'uncertain']);
    expect(result?.posted.find(({ kind }) => kind === 'refused')).toMatchObject({ code: 'SOAR_BAD_REQUEST' });
  });

  it('stop where SOAR wants a pause; what was not sent is said so', async () => {
    const { result, posts } = await submit(inTurn(queuing(), refuse(429)), 60);
    const sent = result?.posted.filter(({ kind }) => kind !== 'notTaken') ?? [];
    expect(
      sent
        .map(({ kind }) => kind)
        .sort()
        .reverse(),
    ).toEqual(['submitted', ...sent.slice(1).map(() => 'passing')]);
    expect(result?.problem).toMatchObject({ code: 'SOAR_RATE_LIMITED', retryAfterMs: 7_000 });
    expect(posts.length).toBeLessThan(60);
  });

  it('are Temporal’s to try again where not one of them was sent, and leave word of it', async () => {
    const client = clientFor(cleanup, `http://127.0.0.1:${await closedPort()}`);
    const { failure, heartbeats } = await attempt(
      (given: GroupSubmission) => submitActionRuns(client, NO_PROOF, given),
      groupOf(5),
    );
    expect(failure).toMatchObject({ type: 'SOAR_CONNECTION', nonRetryable: false });
    expect(heartbeats).toEqual([{ nothingTakenInAttempt: 1 }]);
  });

  it('are all uncertain after an attempt that left no word, and nothing is sent', async () => {
    const { result, posts } = await submit(queuing(), 4, { attempt: 2 });
    expect(result?.posted.map(({ kind }) => kind)).toEqual(Array.from({ length: 4 }, () => 'uncertain'));
    expect(posts).toEqual([]);
  });
});
