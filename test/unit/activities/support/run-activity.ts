import type { Info } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';

const quiet = new DefaultLogger('ERROR');

/** What Temporal would have seen of one attempt. */
export interface Attempt<R> {
  readonly result: R | undefined;
  readonly failure: ApplicationFailure | undefined;
  /** Details of the heartbeats, in order. */
  readonly heartbeats: readonly unknown[];
}

/** Runs one attempt of an activity as a worker would. An error that is no failure of Temporal's fails the test. */
export async function attempt<I, R>(
  activity: (input: I) => Promise<R>,
  input: I,
  info: Partial<Info> = {},
): Promise<Attempt<R>> {
  const environment = new MockActivityEnvironment(info, { logger: quiet });
  const heartbeats: unknown[] = [];
  environment.on('heartbeat', (details: unknown) => heartbeats.push(details));
  try {
    const result = await environment.run<[I], R, (input: I) => Promise<R>>(activity, input);
    return { result, failure: undefined, heartbeats };
  } catch (error) {
    if (error instanceof ApplicationFailure) return { result: undefined, failure: error, heartbeats };
    throw error;
  }
}
