import { ServiceError } from '@temporalio/client';
import { isPassing, withRetries } from '../../../src/client/temporal-calls.js';

const mockPauses: number[] = [];
jest.mock('node:timers/promises', () => ({
  setTimeout: (ms: number) => {
    mockPauses.push(ms);
    return Promise.resolve();
  },
}));
beforeEach(() => {
  mockPauses.length = 0;
});

/** As gRPC's client throws it. */
function grpcError(code: number): Error {
  return Object.assign(new Error('from gRPC'), { code, details: '', metadata: {} });
}

const CODES: readonly [name: string, code: number, passing: boolean][] = [
  ['CANCELLED', 1, true],
  ['UNKNOWN', 2, false],
  ['INVALID_ARGUMENT', 3, false],
  ['DEADLINE_EXCEEDED', 4, true],
  ['NOT_FOUND', 5, false],
  ['ALREADY_EXISTS', 6, false],
  ['PERMISSION_DENIED', 7, false],
  ['RESOURCE_EXHAUSTED', 8, true],
  ['FAILED_PRECONDITION', 9, false],
  ['ABORTED', 10, true],
  ['UNIMPLEMENTED', 12, false],
  ['INTERNAL', 13, false],
  ['UNAVAILABLE', 14, true],
  ['UNAUTHENTICATED', 16, false],
];

describe('a call to a Temporal that is away', () => {
  it.each(CODES)('is told by gRPC’s %s (%i): %s', (_name, code, passing) => {
    expect(isPassing(grpcError(code))).toBe(passing);
    expect(isPassing(new ServiceError('wrapped by the SDK', { cause: grpcError(code) }))).toBe(passing);
  });

  it.each([new Error('no connection'), { code: 14 }, 'UNAVAILABLE', undefined])('is not told by %p', (error) => {
    expect(isPassing(error)).toBe(false);
  });

  it('is repeated until it succeeds, with pauses that grow to five seconds', async () => {
    let calls = 0;
    const answer = await withRetries(() => {
      calls += 1;
      return calls <= 8 ? Promise.reject(grpcError(14)) : Promise.resolve('here');
    });
    expect([answer, calls]).toEqual(['here', 9]);
    expect(mockPauses).toEqual([250, 500, 1_000, 2_000, 4_000, 5_000, 5_000, 5_000]);
  });

  it('is not repeated for an error that says something about the request', async () => {
    const refusal = grpcError(5);
    const call = jest.fn(() => Promise.reject(refusal));
    await expect(withRetries(call)).rejects.toBe(refusal);
    expect(call).toHaveBeenCalledTimes(1);
    expect(mockPauses).toEqual([]);
  });
});
