import type { RequestListener } from 'node:http';
import type { TagProof } from '../../../src/activities/tag-proof.js';
import { submitActionRun } from '../../../src/activities/submit.js';
import type { SubmissionAnswer, SubmissionInput } from '../../../src/activities/submit.js';
import { ACTIVITY_TIMEOUTS, REQUEST_TIMEOUT_MS } from '../../../src/model/timeouts-and-intervals.js';
import { bodyOf, Cleanup, clientFor, closedPort, serveHttp } from '../soar/support/servers.js';
import { answer } from './support/pages.js';
import { attempt } from './support/run-activity.js';
import type { Attempt } from './support/run-activity.js';

const QUEUED = { action_run_id: 2, message: 'New action queued.', success: true };
const INPUT: SubmissionInput = {
  request: {
    action: 'geolocate ip',
    container_id: 1,
    name: 'where is it',
    targets: [{ app_id: 1, assets: ['maxmind'], parameters: [{ ip: '8.8.8.8' }] }],
  },
  options: null,
  tag: 'soar-runner:run-1',
  origin: null,
};
const NOTHING_TAKEN = [{ nothingTakenInAttempt: 1 }];
const NO_PROOF: TagProof = { noteSubmitted: () => undefined, doubt: () => Promise.resolve(undefined) };

const cleanup = new Cleanup();
afterEach(async () => {
  jest.restoreAllMocks();
  await cleanup.run();
});

type Submission = Attempt<SubmissionAnswer> & { readonly posts: readonly string[] };

/** Submits to a SOAR that treats the POST as `handler` does; `posts` are the bodies that arrived there. */
async function submit(
  handler: RequestListener,
  info: Parameters<typeof attempt>[2] = {},
  input: SubmissionInput = INPUT,
): Promise<Submission> {
  const posts: string[] = [];
  const server = await serveHttp(cleanup, (request, response) => {
    void bodyOf(request).then((body) => {
      posts.push(body);
      handler(request, response);
    });
  });
  const soar = clientFor(cleanup, server.url);
  const activity = (given: SubmissionInput) => submitActionRun(soar, NO_PROOF, given);
  return { ...(await attempt(activity, input, info)), posts };
}

const accept: RequestListener = (_request, response) => {
  answer(response, QUEUED);
};

describe('a submission that SOAR takes', () => {
  it('sends the request as it is, with the tag behind its name', async () => {
    const { result, posts } = await submit(accept);
    expect(result).toMatchObject({ actionRunId: 2, message: 'New action queued.' });
    expect(posts.map((body): unknown => JSON.parse(body))).toEqual([
      { ...INPUT.request, name: 'where is it [soar-runner:run-1]' },
    ]);
  });
});

describe('a submission that certainly did not reach SOAR', () => {
  it('is retried by Temporal, and leaves word that nothing was sent', async () => {
    const client = clientFor(cleanup, `http://127.0.0.1:${await closedPort()}`);
    const { failure, heartbeats } = await attempt(
      (given: SubmissionInput) => submitActionRun(client, NO_PROOF, given),
      INPUT,
    );
    expect(failure).toMatchObject({ type: 'SOAR_CONNECTION', nonRetryable: false });
    expect(heartbeats).toEqual(NOTHING_TAKEN);
  });

  it.each([429, 408, 425])(
    'comes back to the workflow after HTTP %i, with how long SOAR asks to wait',
    async (status) => {
      const { failure, heartbeats } = await submit((_request, response) => {
        response.setHeader('retry-after', '7');
        answer(response, { failed: true, message: 'slow down' }, status);
      });
      expect(failure).toMatchObject({ nonRetryable: true, details: [{ fate: 'notTaken', retryAfterMs: 7_000 }] });
      expect(heartbeats).toEqual([]);
    },
  );
});

describe('a submission that may have reached SOAR', () => {
  const DOUBTFUL: readonly [what: string, handler: RequestListener][] = [
    ['the connection breaks before the answer', (request) => request.socket.destroy()],
    [
      'the answer is cut',
      (request, response) => {
        response.writeHead(200, { 'content-length': '500' }).write('{"action_run_id": 2,');
        setImmediate(() => request.socket.destroy());
      },
    ],
    ['the answer is not JSON', (_request, response) => response.end('<html>queued</html>')],
    [
      'the answer is JSON of another shape',
      (_request, response) => {
        answer(response, { success: true });
      },
    ],
    ...[500, 502, 503, 504].map((status): [string, RequestListener] => [
      `HTTP ${status}`,
      (_request, response) => {
        answer(response, { failed: true, message: 'trouble' }, status);
      },
    ]),
  ];

  it.each(DOUBTFUL)('is not retried by Temporal: %s', async (_what, handler) => {
    const { failure, heartbeats, posts } = await submit(handler);
    expect(failure).toMatchObject({
      type: 'SubmissionUncertain',
      nonRetryable: true,
      details: [{ fate: 'uncertain', retryAfterMs: 0 }],
    });
    expect(heartbeats).toEqual([]);
    expect(posts).toHaveLength(1);
  });

  it('passes on how long SOAR asks to be left alone', async () => {
    const { failure } = await submit((_request, response) => {
      response.setHeader('retry-after', '20');
      answer(response, {}, 503);
    });
    expect(failure).toMatchObject({ type: 'SubmissionUncertain', details: [{ retryAfterMs: 20_000 }] });
  });
});

describe('a submission that SOAR refuses', () => {
  it.each([
    [400, { failed: true }, 'SOAR_BAD_REQUEST'],
    [404, { failed: true }, 'SOAR_NOT_FOUND'],
    [405, { failed: true }, 'SOAR_METHOD_NOT_ALLOWED'],
    [423, { failed: true }, 'SOAR_BAD_REQUEST'],
    [200, { failed: true }, 'SOAR_FAILED'],
    [200, { success: false }, 'SOAR_FAILED'],
  ])('is final after HTTP %i with %j', async (status, envelope, type) => {
    const { failure, heartbeats } = await submit((_request, response) => {
      answer(response, { ...envelope, message: 'no such asset' }, status);
    });
    expect(failure).toMatchObject({ type, nonRetryable: true, details: [{ fate: 'refused' }] });
    expect(failure?.message).toContain('no such asset');
    expect(heartbeats).toEqual([]);
  });
});

describe('a submission that can never work', () => {
  it('is refused by the names of its fields before anything is sent', async () => {
    const input = { ...INPUT, request: { ...INPUT.request, targets: [] }, options: { settleSecs: -1 } };
    const { failure, posts } = await submit(accept, {}, input);
    expect(failure).toMatchObject({ type: 'SOAR_INVALID_REQUEST', nonRetryable: true });
    expect(failure?.message).toMatch(/^request\.targets.*\noptions\.settleSecs/);
    expect(posts).toEqual([]);
  });
});

describe('an answer that is no word about this action', () => {
  it.each([
    [302, 'SOAR_REDIRECT'],
    [400, 'SOAR_BAD_REQUEST'],
    [401, 'SOAR_UNAUTHORIZED'],
    [403, 'SOAR_FORBIDDEN'],
    [404, 'SOAR_NOT_FOUND'],
    [405, 'SOAR_METHOD_NOT_ALLOWED'],
    [407, 'SOAR_BAD_REQUEST'],
    [421, 'SOAR_BAD_REQUEST'],
    [423, 'SOAR_BAD_REQUEST'],
    [451, 'SOAR_BAD_REQUEST'],
  ])(
    'comes back to the workflow, which looks before it sends again: HTTP %i without SOAR’s envelope',
    async (status, type) => {
      const { failure } = await submit((_request, response) => response.writeHead(status).end('<html></html>'));
      expect(failure).toMatchObject({ type, nonRetryable: true, details: [{ fate: 'passing' }] });
    },
  );

  it.each([401, 403])('is HTTP %i in SOAR’s envelope, too: a token is being rotated', async (status) => {
    const { failure } = await submit((_request, response) => {
      answer(response, { failed: true, message: 'token' }, status);
    });
    expect(failure).toMatchObject({ details: [{ fate: 'passing', soarMessage: 'token' }] });
  });
});

describe('a worker of another SOAR', () => {
  it('does not submit what is meant for this one', async () => {
    const { failure, posts } = await submit(accept, {}, { ...INPUT, origin: 'https://soar.example.com' });
    expect(failure).toMatchObject({ type: 'SOAR_OTHER_SOAR', nonRetryable: false });
    expect(failure?.message).toContain('https://soar.example.com');
    expect(posts).toEqual([]);
  });
});

describe('a later attempt of one submission', () => {
  it.each([
    ['without a word from the one before it', 2, undefined],
    ['with the word of an older attempt', 3, { nothingTakenInAttempt: 1 }],
    ['with a word that means nothing', 2, { nothingSent: true }],
    ['with a word that is no object', 2, 'nothing sent'],
  ])('POSTs nothing %s', async (_what, number, heartbeatDetails) => {
    const { failure, posts } = await submit(accept, { attempt: number, heartbeatDetails });
    expect(failure).toMatchObject({ type: 'SubmissionUncertain', nonRetryable: true });
    expect(posts).toEqual([]);
  });

  it('POSTs where the one before it left word that nothing was sent', async () => {
    const { result, posts } = await submit(accept, { attempt: 2, heartbeatDetails: { nothingTakenInAttempt: 1 } });
    expect(result).toMatchObject({ actionRunId: 2 });
    expect(posts).toHaveLength(1);
  });
});

describe('a worker that is held up between the start of the activity and the POST', () => {
  const LAST_MOMENT_MS = ACTIVITY_TIMEOUTS.submitMs - REQUEST_TIMEOUT_MS;

  /** Reading the request takes `heldUpMs` by the worker's clock. */
  async function heldUp(heldUpMs: number): Promise<Submission> {
    const startedAtMs = Date.now();
    let nowMs = startedAtMs;
    jest.spyOn(Date, 'now').mockImplementation(() => nowMs);
    const request = Object.defineProperty({ ...INPUT.request }, 'action', {
      enumerable: true,
      get: () => {
        nowMs = startedAtMs + heldUpMs;
        return INPUT.request.action;
      },
    });
    return submit(accept, {}, { ...INPUT, request });
  }

  it('still POSTs at the last moment at which its answer is waited for', async () => {
    expect((await heldUp(LAST_MOMENT_MS)).posts).toHaveLength(1);
  });

  it('POSTs nothing after it: the workflow may have given this attempt up', async () => {
    const { failure, posts } = await heldUp(LAST_MOMENT_MS + 1);
    expect(failure).toMatchObject({ type: 'SubmissionUncertain', nonRetryable: true });
    expect(posts).toEqual([]);
  });
});
