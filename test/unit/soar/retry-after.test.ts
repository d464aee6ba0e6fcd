import { MAX_RETRY_AFTER_MS, parseRetryAfter } from '../../../src/soar/http/response.js';

const NOW_MS = Date.UTC(2026, 0, 5, 12, 0, 0);

describe('parseRetryAfter', () => {
  it.each([
    ['seconds', '7', 7_000],
    ['seconds with blanks around', ' 7 ', 7_000],
    ['0', '0', 0],
    ['an HTTP date', 'Mon, 05 Jan 2026 12:00:30 GMT', 30_000],
    ['the obsolete RFC 850 date', 'Monday, 05-Jan-26 12:00:30 GMT', 30_000],
    ['the obsolete C date, which is in UTC', 'Mon Jan  5 12:00:30 2026', 30_000],
    ['a date that has passed', 'Mon, 05 Jan 2026 11:00:00 GMT', 0],
    ['a thousand million seconds', '1000000000', MAX_RETRY_AFTER_MS],
    ['more digits than a number holds', '9'.repeat(400), MAX_RETRY_AFTER_MS],
    ['a date in a thousand years', 'Thu, 05 Jan 3026 12:00:00 GMT', MAX_RETRY_AFTER_MS],
    ['two headers: the longer wait', ['3', '9'], 9_000],
    ['two headers, one of them junk', ['soon', '9'], 9_000],
    ['negative seconds', '-1', undefined],
    ['an exponent', '1e9', undefined],
    ['half a second', '0.5', undefined],
    ['two values in one header, of which the longer counts', '3, 9', 9_000],
    ['junk', 'soon', undefined],
    ['a date that is none', 'Mon, 99 Foo 2026 12:00:30 GMT', undefined],
    ['nothing', '', undefined],
    ['no header', undefined, undefined],
    ['no values', [], undefined],
  ])('reads %s', (_what, header, expectedMs) => {
    expect(parseRetryAfter(header, NOW_MS)).toBe(expectedMs);
  });
});
