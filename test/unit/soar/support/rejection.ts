import { SoarError } from '../../../../src/soar/soar-error.js';

/** The `SoarError` a call rejects with; anything else fails the test. */
export async function soarErrorOf(call: Promise<unknown>): Promise<SoarError> {
  const outcome: unknown = await call.then(
    () => new Error('the call was expected to reject'),
    (error: unknown) => error,
  );
  if (outcome instanceof SoarError) return outcome;
  throw outcome instanceof Error ? outcome : new Error('rejected with something that is no error');
}

/** Whatever a call rejects with. */
export function reasonOf(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    () => undefined,
    (error: unknown) => error,
  );
}
