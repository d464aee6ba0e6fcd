import { CompleteAsyncError } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { createWatch } from '../../../src/activities/wait/watch.js';
import type { Completion, Watch } from '../../../src/activities/wait/watch.js';
import type { Heartbeat } from '../../../src/activities/heartbeat.js';

type Call = readonly [kind: keyof Completion, value: unknown];

/** Temporal, which writes down what an attempt tells it. */
function temporal(refuse: (kind: keyof Completion) => Error | undefined = () => undefined) {
  const calls: Call[] = [];
  const arrivals = new Map<keyof Completion, () => void>();
  const note =
    (kind: keyof Completion) =>
    (_token: Uint8Array, value?: unknown): Promise<void> => {
      calls.push([kind, value]);
      arrivals.get(kind)?.();
      const error = refuse(kind);
      return error ? Promise.reject(error) : Promise.resolve();
    };
  const completion: Completion = {
    heartbeat: note('heartbeat'),
    complete: note('complete'),
    fail: note('fail'),
    reportCancellation: note('reportCancellation'),
  };
  const next = (kind: keyof Completion): Promise<void> =>
    new Promise((resolve) => {
      arrivals.set(kind, resolve);
    });
  return { calls, completion, next };
}

function named(name: string): Error {
  return Object.assign(new Error(name), { name });
}

/** Starts work in an activity as a worker would. */
async function continueWithoutSlot(
  watch: Watch,
  reportMs: number,
  work: (heartbeat: Heartbeat) => Promise<unknown>,
): Promise<void> {
  const environment = new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') });
  const attempt = environment.run(() => Promise.resolve().then(() => watch.continueWithoutSlot(reportMs, work)));
  await expect(attempt).rejects.toBeInstanceOf(CompleteAsyncError);
}

/** Work that goes on until it is told to end. */
const endless = ({ signal }: Heartbeat): Promise<never> =>
  new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => {
      reject(new Error('ended'));
    });
  });

describe('a watch', () => {
  it('gives the slot back at once, and completes the activity when the work is done', async () => {
    const { calls, completion, next } = temporal();
    const done = next('complete');
    await continueWithoutSlot(createWatch(completion), 60_000, () => Promise.resolve('seen'));
    await done;
    expect(calls).toEqual([['complete', 'seen']]);
  });

  it('heartbeats with what was reported last, also if the work reports more often', async () => {
    const { calls, completion, next } = temporal();
    const watch = createWatch(completion);
    const told = next('heartbeat');
    await continueWithoutSlot(watch, 10, (heartbeat) => {
      for (const polls of [1, 2, 3]) heartbeat.report({ polls });
      return endless(heartbeat);
    });
    await told;
    expect(calls[0]).toEqual(['heartbeat', { polls: 3 }]);
    await watch.handBack();
  });

  it('hands everything back at the end of the worker, for another to take at once, and has no room from then on', async () => {
    const { calls, completion } = temporal();
    const watch = createWatch(completion);
    await continueWithoutSlot(watch, 60_000, endless);
    await continueWithoutSlot(watch, 60_000, endless);
    expect(watch.hasRoom).toBe(true);
    await watch.handBack();
    expect(watch.hasRoom).toBe(false);
    expect(calls.map(([kind]) => kind)).toEqual(['fail', 'fail']);
    for (const [, error] of calls) {
      expect(error).toBeInstanceOf(ApplicationFailure);
      expect(error).toMatchObject({ category: 'BENIGN', nonRetryable: false, nextRetryDelay: 1 });
    }
  });

  it('has room again when work ends', async () => {
    const { completion, next } = temporal();
    const watch = createWatch(completion, 1);
    const done = next('complete');
    let finish: (value: unknown) => void = () => undefined;
    await continueWithoutSlot(watch, 60_000, () => new Promise((resolve) => (finish = resolve)));
    expect(watch.hasRoom).toBe(false);
    finish(null);
    await done;
    await new Promise(setImmediate);
    expect(watch.hasRoom).toBe(true);
  });

  it.each([
    ['is cancelled', 'ActivityCancelledError', 'reportCancellation'],
    ['is paused', 'ActivityPausedError', 'fail'],
    ['is reset', 'ActivityResetError', 'fail'],
  ] as const)('ends the work of an activity that %s', async (_what, name, said) => {
    const { completion, next } = temporal((kind) => (kind === 'heartbeat' ? named(name) : undefined));
    const done = next(said);
    await continueWithoutSlot(createWatch(completion), 5, endless);
    await done;
  });

  it('ends the work of an activity that is no more, and says nothing', async () => {
    const { calls, completion } = temporal(() => named('ActivityNotFoundError'));
    const watch = createWatch(completion);
    const ended = new Promise<void>((resolve) => {
      void continueWithoutSlot(watch, 5, (heartbeat) => endless(heartbeat).finally(resolve));
    });
    await ended;
    await watch.handBack();
    expect(new Set(calls.map(([kind]) => kind))).toEqual(new Set(['heartbeat']));
  });

  it('goes on while Temporal cannot be reached', async () => {
    let heartbeats = 0;
    const { calls, completion, next } = temporal((kind) =>
      kind === 'heartbeat' && (heartbeats += 1) < 4 ? named('ServiceError') : undefined,
    );
    const done = next('complete');
    await continueWithoutSlot(createWatch(completion), 2, async () => {
      while (heartbeats < 4) await new Promise(setImmediate);
      return 'seen';
    });
    await done;
    expect(calls.at(-1)).toEqual(['complete', 'seen']);
  });

  it('fails the activity with what fails the work', async () => {
    const { calls, completion, next } = temporal();
    const failed = next('fail');
    await continueWithoutSlot(createWatch(completion), 60_000, () => Promise.reject(new Error('broken')));
    await failed;
    expect(calls).toEqual([['fail', expect.objectContaining({ message: 'broken' })]]);
  });
});
