import { cancelActionRun } from '../../../src/activities/cancel.js';
import type { KnownRun } from '../../../src/activities/failures.js';
import type { CancelAnswer } from '../../../src/model/run-state.js';
import { Cleanup, clientFor, closedPort, serveJson } from '../soar/support/servers.js';
import { attempt } from './support/run-activity.js';
import type { Attempt } from './support/run-activity.js';

const cleanup = new Cleanup();
afterEach(() => cleanup.run());

function cancelAt(url: string): Promise<Attempt<CancelAnswer>> {
  return attempt((run: KnownRun) => cancelActionRun(clientFor(cleanup, url), run), { actionRunId: 7, origin: null });
}

describe('the cancel of a run', () => {
  it('brings back SOAR’s consent', async () => {
    const { url } = await serveJson(cleanup, { cancelled: true, message: 'cancelled' });
    expect((await cancelAt(url)).result).toEqual({ accepted: true, message: 'cancelled' });
  });

  it.each([200, 400, 403, 404])('brings back SOAR’s refusal (HTTP %i) as an answer', async (status) => {
    const { url } = await serveJson(cleanup, { failed: true, message: 'it had ended' }, status);
    const { result } = await cancelAt(url);
    expect(result?.accepted).toBe(false);
    expect(result?.message).toContain('it had ended');
  });

  it('is sent again where SOAR has trouble or cannot be reached', async () => {
    const { url } = await serveJson(cleanup, {}, 503, { 'retry-after': '3' });
    const away = `http://127.0.0.1:${await closedPort()}`;
    expect((await cancelAt(url)).failure).toMatchObject({ nonRetryable: false, nextRetryDelay: 3_000 });
    expect((await cancelAt(away)).failure).toMatchObject({ type: 'SOAR_CONNECTION', nonRetryable: false });
  });
});
