import { ServiceError } from '@temporalio/client';
import { NoWorker, queryUnanswered } from '../../../src/client/errors.js';

/** An error of gRPC as the SDK's client throws it. */
function grpcError(code: number, details: string): ServiceError {
  const cause = Object.assign(new Error(details), { code, details, metadata: { get: () => [] } });
  return new ServiceError('Failed to query Workflow', { cause });
}

describe('a query that ends at its deadline', () => {
  it('says that no worker answers also if the server has reset the call first', () => {
    expect(() => queryUnanswered(grpcError(1, 'Call cancelled'))).toThrow(NoWorker);
  });

  it.each([4, 14])('leaves gRPC’s code %i to what it means', (code) => {
    const error = grpcError(code, 'other');
    expect(() => queryUnanswered(error)).toThrow(error);
  });
});
