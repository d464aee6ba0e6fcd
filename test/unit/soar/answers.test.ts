import { SOAR_ERROR_CODES } from '../../../src/model/error-codes.js';
import { soarErrorOf } from './support/rejection.js';
import { Cleanup, clientFor, serveHttp, serveJson } from './support/servers.js';

const cleanup = new Cleanup();
afterEach(() => cleanup.run());

const envelope = { failed: true, message: 'No.' };

describe('an answer that is no result', () => {
  it.each([
    [200, SOAR_ERROR_CODES.FAILED],
    [301, SOAR_ERROR_CODES.REDIRECT],
    [304, SOAR_ERROR_CODES.REDIRECT],
    [400, SOAR_ERROR_CODES.BAD_REQUEST],
    [401, SOAR_ERROR_CODES.UNAUTHORIZED],
    [403, SOAR_ERROR_CODES.FORBIDDEN],
    [404, SOAR_ERROR_CODES.NOT_FOUND],
    [405, SOAR_ERROR_CODES.METHOD_NOT_ALLOWED],
    [408, SOAR_ERROR_CODES.TRY_AGAIN],
    [418, SOAR_ERROR_CODES.BAD_REQUEST],
    [425, SOAR_ERROR_CODES.TRY_AGAIN],
    [429, SOAR_ERROR_CODES.RATE_LIMITED],
    [500, SOAR_ERROR_CODES.SERVER_ERROR],
    [502, SOAR_ERROR_CODES.UNAVAILABLE],
    [503, SOAR_ERROR_CODES.UNAVAILABLE],
    [504, SOAR_ERROR_CODES.UNAVAILABLE],
    [507, SOAR_ERROR_CODES.SERVER_ERROR],
  ])('HTTP %i with the envelope is %s', async (status, code) => {
    const server = await serveJson(cleanup, envelope, status);
    const error = await soarErrorOf(clientFor(cleanup, server.url).getActionRun(2));
    const hasBody = status !== 304;
    expect(error).toMatchObject({ code, status, sent: true, method: 'GET', path: '/rest/action_run/2' });
    expect(error.soarMessage).toBe(hasBody ? 'No.' : undefined);
    expect(error.message).toBe(`GET /rest/action_run/2: HTTP ${status}${hasBody ? ': No.' : ''}`);
  });

  it.each([
    ['a list', ['bad', 'worse'], '["bad","worse"]'],
    ['a number', 7, '7'],
    ['null', null, ''],
  ])('%s for a message is a refusal as well', async (_what, message, soarMessage) => {
    const server = await serveJson(cleanup, { failed: true, message, count: 0, num_pages: 0, data: [] });
    const error = await soarErrorOf(clientFor(cleanup, server.url).listActionRuns());
    expect(error).toMatchObject({ code: SOAR_ERROR_CODES.FAILED, soarMessage });
  });

  it('a Content-Encoding that comes twice is an answer that cannot be read', async () => {
    const headers = ['Content-Encoding', 'gzip', 'Content-Encoding', 'gzip'];
    const server = await serveHttp(cleanup, (_request, response) => response.writeHead(200, headers).end('{}'));
    const error = await soarErrorOf(clientFor(cleanup, server.url).getVersion());
    expect(error).toMatchObject({ code: SOAR_ERROR_CODES.BODY_UNREADABLE });
  });

  it('HTML from a proxy keeps the code of its status and is not repeated', async () => {
    const server = await serveHttp(cleanup, (_request, response) => {
      response.writeHead(502, { 'content-type': 'text/html' }).end('<html>Bad Gateway</html>');
    });
    const error = await soarErrorOf(clientFor(cleanup, server.url).getVersion());
    expect(error).toMatchObject({ code: SOAR_ERROR_CODES.UNAVAILABLE, soarMessage: undefined });
    expect(error.message).not.toContain('html');
  });

  it('JSON of another shape names the field', async () => {
    const server = await serveJson(cleanup, { id: 'two', status: 'running' });
    const error = await soarErrorOf(clientFor(cleanup, server.url).getActionRun(2));
    expect(error).toMatchObject({ code: SOAR_ERROR_CODES.CONTRACT, status: 200, sent: true });
    expect(error.message).toContain('id: ');
    expect(error.message).not.toContain('two');
  });

  it('the message is cut to 1,000 characters on one line', async () => {
    const server = await serveJson(cleanup, { failed: true, message: `a\r\nb\u001b[31m\u202e${'x'.repeat(5_000)}` });
    const { soarMessage } = await soarErrorOf(clientFor(cleanup, server.url).getVersion());
    expect(soarMessage).toHaveLength(1_000);
    expect(soarMessage).toMatch(/^a {2}b \[31m x+…$/);
  });
});

describe('Retry-After', () => {
  it.each([
    ['429', 429, '7', 7_000],
    ['503', 503, '7', 7_000],
    ['two headers', 503, ['3', '9'], 9_000],
    ['junk', 503, 'soon', undefined],
  ])('%s', async (_what, status, retryAfter, retryAfterMs) => {
    const server = await serveJson(cleanup, envelope, status, { 'retry-after': retryAfter });
    expect(await soarErrorOf(clientFor(cleanup, server.url).getVersion())).toMatchObject({ retryAfterMs });
  });

  it('a date counts from the clock of the server, however wrong that is', async () => {
    const headers = { date: 'Thu, 05 Jan 2012 12:00:00 GMT', 'retry-after': 'Thu, 05 Jan 2012 12:00:30 GMT' };
    const server = await serveJson(cleanup, envelope, 503, headers);
    expect(await soarErrorOf(clientFor(cleanup, server.url).getVersion())).toMatchObject({ retryAfterMs: 30_000 });
  });
});

describe('a redirect', () => {
  it('is not followed: the other host sees no request', async () => {
    let visits = 0;
    const elsewhere = await serveHttp(cleanup, (_request, response) => {
      visits += 1;
      response.end('{"version":"1"}');
    });
    const server = await serveJson(cleanup, {}, 307, { location: `${elsewhere.url}/rest/version` });
    expect(await soarErrorOf(clientFor(cleanup, server.url).getVersion())).toMatchObject({
      code: SOAR_ERROR_CODES.REDIRECT,
    });
    expect(visits).toBe(0);
    await fetch(`${server.url}/rest/version`);
    expect(visits).toBe(1); // the control: a client that follows does knock there
  });
});
