import type { SoarErrorCode } from '../../src/model/error-codes.js';
import { SOAR_ERROR_CODES } from '../../src/model/error-codes.js';
import type { SoarClient } from '../../src/soar/client.js';
import { soarErrorOf } from '../unit/soar/support/rejection.js';
import type { Answer } from './support/soar.js';
import { objectOf } from './support/read-json.js';
import { IS_EMBEDDED, MAY_WRITE, useSoar } from './support/under-test.js';

const opened = useSoar();

const NO_SUCH_ID = 999_999_999;

/** The status of an answer, once its body is seen to be the envelope with a text. */
function statusOfError({ status, json }: Answer, text = /\S/): number {
  const { failed, message } = objectOf(json);
  expect(failed).toBe(true);
  expect(message).toMatch(text);
  return status;
}

describe('an error has its status and the envelope', () => {
  it.each([
    ['a wrong token', { 'ph-auth-token': 'not-the-token' }],
    ['a wrong password', { authorization: `Basic ${Buffer.from('nobody:nothing').toString('base64')}` }],
    ['no credentials', {}],
  ])('401 for %s', async (_title, credentials) => {
    const answer = await opened().soar.send('GET', '/rest/action_run', { credentials });
    expect(statusOfError(answer)).toBe(401);
  });

  it.each([
    ['a resource', '/rest/conformance_nothing', /^not found/],
    ['an action_run', `/rest/action_run/${NO_SUCH_ID}`, /\S/],
    ['the app_runs of an action_run', `/rest/action_run/${NO_SUCH_ID}/app_runs`, /\S/],
    ['an app_run', `/rest/app_run/${NO_SUCH_ID}`, /\S/],
    ['the results of an app_run', `/rest/app_run/${NO_SUCH_ID}/action_result`, /\S/],
    ['an approval', `/rest/approval/${NO_SUCH_ID}`, /\S/],
    ['the detail of an approval', `/rest/approval/${NO_SUCH_ID}/detail_summary_view`, /\S/],
  ])('404 for %s that is not there', async (_title, path, text) => {
    expect(statusOfError(await opened().soar.get(path), text)).toBe(404);
  });

  if (MAY_WRITE) {
    it('404 for cancelling a run that is not there', async () => {
      const answer = await opened().soar.post(`/rest/action_run/${NO_SUCH_ID}`, { cancel: true });
      expect(statusOfError(answer)).toBe(404);
    });

    it('405 for a method that a resource does not have', async () => {
      expect(statusOfError(await opened().soar.post('/rest/approval', {}), /^Method not allowed/)).toBe(405);
    });
  }

  if (IS_EMBEDDED) {
    // Only here: on a SOAR with other people's data a DELETE is not tried out.
    it('403 for a DELETE with a token', async () => {
      expect(statusOfError(await opened().soar.send('DELETE', '/rest/container/1'), /^Not allowed/)).toBe(403);
    });
  }
});

describe('our client tells them apart', () => {
  const CALLS: [string, (client: SoarClient) => Promise<unknown>, SoarErrorCode][] = [
    ['an id that is not there', (client) => client.getActionRun(NO_SUCH_ID), SOAR_ERROR_CODES.NOT_FOUND],
    [
      'a filter on no field',
      (client) => client.listActionRuns({ filters: { nothing: 1 } }),
      SOAR_ERROR_CODES.BAD_REQUEST,
    ],
    ['a page past the last', (client) => client.listActionRuns({ page: 1_000_000 }), SOAR_ERROR_CODES.BAD_REQUEST],
  ];

  // Which status a filter on no field, or a page past the last, has on a real SOAR is not known.
  it.each(IS_EMBEDDED ? CALLS : CALLS.slice(0, 1))('%s', async (_title, call, code) => {
    const error = await soarErrorOf(call(opened().soar.client));
    expect([error.code, error.sent]).toEqual([code, true]);
    expect(error.soarMessage).toMatch(/\S/);
  });
});
