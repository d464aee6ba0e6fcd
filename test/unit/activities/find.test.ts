import { findActionRuns } from '../../../src/activities/find.js';
import { taggedName } from '../../../src/model/submission-tag.js';
import { Cleanup, clientFor, serveHttp } from '../soar/support/servers.js';
import { attempt } from './support/run-activity.js';

const cleanup = new Cleanup();
afterEach(() => cleanup.run());

const TAG = 'soar-runner:5c1d7e';
const MAX_URL_CHARACTERS = 8_000;

describe('the look-up of a submission', () => {
  it.each([
    ['a short name', 'block it'],
    ['a name that no URL takes', 'Ж'.repeat(1_400)],
    ['a name with quotes', 'block "it"'],
  ])('finds the run of %s by its tag', async (_what, given) => {
    const name = taggedName(given, TAG);
    const row = { id: 7, status: 'running', action: 'x', name, container: 1 };
    const { url } = await serveHttp(cleanup, (request, response) => {
      if ((request.url ?? '').length > MAX_URL_CHARACTERS) response.writeHead(414).end();
      else response.end(JSON.stringify({ count: 1, num_pages: 1, data: [row] }));
    });
    const soar = clientFor(cleanup, url);
    const lookUp = { tag: TAG, name, keep: null, origin: null };
    const { result } = await attempt(() => findActionRuns(soar, lookUp), undefined);
    expect(result).toEqual([{ id: 7, status: 'running', url: `${url}/rest/action_run/7` }]);
  });
});
