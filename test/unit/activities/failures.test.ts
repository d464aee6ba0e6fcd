import { toFailure, toPostFailure } from '../../../src/activities/failures.js';
import { SOAR_ERROR_CODES } from '../../../src/model/error-codes.js';
import type { SoarErrorCode } from '../../../src/model/error-codes.js';
import { SoarError } from '../../../src/soar/soar-error.js';

function errorWith(code: SoarErrorCode): SoarError {
  return new SoarError({
    code,
    method: 'GET',
    path: '/rest/action_run/7',
    sent: true,
    status: 418,
    detail: 'HTTP 418',
    soarMessage: 'no',
  });
}

describe('a failed call to SOAR', () => {
  it.each(Object.values(SOAR_ERROR_CODES))('with %s is retried, unless it could never be sent', (code) => {
    expect(toFailure(errorWith(code))).toMatchObject({
      type: code,
      nonRetryable: code === 'SOAR_INVALID_REQUEST',
      message: 'GET /rest/action_run/7: HTTP 418: no',
      details: [{ status: 418, soarMessage: 'no' }],
      nextRetryDelay: undefined,
    });
  });

  it.each(Object.values(SOAR_ERROR_CODES))('with %s is retried as a POST only if SOAR did not take it', (code) => {
    const failure = toPostFailure(errorWith(code));
    const [details] = failure.details ?? [];
    expect(failure.nonRetryable).toBe(true);
    const notSent = new SoarError({ code, method: 'POST', path: '', sent: false, detail: '' });
    const isFinal = ['refused', 'passing'].includes((details as { fate: string }).fate);
    expect(toPostFailure(notSent).nonRetryable).toBe(isFinal);
  });

  it('is retried no earlier than SOAR asks', () => {
    const error = new SoarError({
      code: SOAR_ERROR_CODES.RATE_LIMITED,
      method: 'GET',
      path: '/rest/version',
      sent: true,
      detail: 'HTTP 429',
      retryAfterMs: 1_500,
    });
    expect(toFailure(error)).toMatchObject({ nextRetryDelay: 1_500, details: [{ status: null, soarMessage: null }] });
  });

  it.each([new Error('a bug'), undefined, 'text'])('of another kind passes unchanged: %p', (error) => {
    expect(toFailure(error)).toBe(error);
  });
});
