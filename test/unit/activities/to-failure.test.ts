import { isFinal, toFailure } from '../../../src/activities/to-failure.js';
import { SOAR_ERROR_CODES } from '../../../src/model/error-codes.js';
import type { SoarErrorCode } from '../../../src/model/error-codes.js';
import { SoarError } from '../../../src/soar/errors.js';

/** What Temporal does with each code. A new code does not compile until it has its line here. */
const DECISIONS: Record<SoarErrorCode, 'final' | 'retried'> = {
  SOAR_INVALID_REQUEST: 'final',
  SOAR_CONNECTION: 'retried',
  SOAR_TLS: 'retried',
  SOAR_CONNECTION_LOST: 'retried',
  SOAR_TIMEOUT: 'retried',
  SOAR_BAD_REQUEST: 'final',
  SOAR_UNAUTHORIZED: 'final',
  SOAR_FORBIDDEN: 'final',
  SOAR_NOT_FOUND: 'final',
  SOAR_METHOD_NOT_ALLOWED: 'final',
  SOAR_TRY_AGAIN: 'retried',
  SOAR_RATE_LIMITED: 'retried',
  SOAR_SERVER_ERROR: 'retried',
  SOAR_UNAVAILABLE: 'retried',
  SOAR_REDIRECT: 'final',
  SOAR_BODY_TOO_LARGE: 'final',
  SOAR_BODY_UNREADABLE: 'retried',
  SOAR_CONTRACT: 'retried',
  SOAR_FAILED: 'retried',
};

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
  it.each(Object.values(SOAR_ERROR_CODES).map((code) => [code, DECISIONS[code]] as const))(
    'with %s is %s',
    (code, decision) => {
      const error = errorWith(code);
      expect(isFinal(error)).toBe(decision === 'final');
      expect(toFailure(error)).toMatchObject({
        type: code,
        nonRetryable: decision === 'final',
        message: 'GET /rest/action_run/7: HTTP 418: no',
        details: [{ status: 418, soarMessage: 'no' }],
        nextRetryDelay: undefined,
      });
    },
  );

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
