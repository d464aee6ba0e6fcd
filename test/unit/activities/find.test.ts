import { findActionRuns } from '../../../src/activities/find.js';
import { SeenRuns } from '../../../src/soar/our-run.js';
import { createTagProof } from '../../../src/activities/tag-proof.js';
import { taggedName } from '../../../src/model/submission-tag.js';
import { Cleanup, clientFor, serveHttp } from '../soar/support/servers.js';
import { attempt } from './support/run-activity.js';

const cleanup = new Cleanup();
afterEach(() => cleanup.run());

const TAG = 'soar-runner:5c1d7e00-0000-4000-8000-000000000000';
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
    expect(result).toEqual([{ id: 7, status: 'running', url: null }]);
  });
});

describe('a run that carries the tag', () => {
  it.each([
    ['is told from what was submitted', { action: 'block ip', container_id: 3 }, 'it is “x” in container 1'],
    ['control: is taken for it by a look-up that does not say what was submitted', undefined, undefined],
  ])('%s', async (_what, wanted, unlike) => {
    const row = { id: 7, status: 'running', action: 'x', name: taggedName('a name', TAG), container: 1 };
    const { url } = await serveHttp(cleanup, (_request, response) => {
      response.end(JSON.stringify({ count: 1, num_pages: 1, data: [row] }));
    });
    const lookUp = { tag: TAG, name: row.name, keep: null, origin: null, ...(wanted ? { wanted } : {}) };
    const { result } = await attempt(() => findActionRuns(clientFor(cleanup, url), lookUp), undefined);
    expect(result?.map((run) => run.unlike)).toEqual([unlike]);
  });
});

describe('the doubt whether a look-up would find our runs', () => {
  // A list that shows its rows only from its third look on.
  const lagging = (rows: readonly object[]) => {
    let looks = 0;
    return serveHttp(cleanup, (request, response) => {
      if (/action_run\/1$/.test(request.url ?? '')) return void response.end(JSON.stringify(rows[0]));
      looks += 1;
      const data = looks > 2 ? rows : [];
      response.end(JSON.stringify({ count: data.length, num_pages: 1, data }));
    });
  };
  const row = { id: 1, status: 'running', action: 'x', name: taggedName('block it', TAG), container: 1 };

  it.each([
    ['a first run that came between two looks at the lists', false],
    ['a list that lags behind our own run', true],
  ])('passes: %s', async (_what, isOurs) => {
    const { url } = await lagging([row]);
    const proof = createTagProof(clientFor(cleanup, url), new SeenRuns());
    if (isOurs) proof.noteSubmitted(1, TAG);
    expect(await proof.doubt({})).toBeUndefined();
  });

  it('stays where the lists stay blind', async () => {
    const { url } = await serveHttp(cleanup, (request, response) => {
      const isOne = /action_run\/1$/.test(request.url ?? '');
      response.end(JSON.stringify(isOne ? row : { count: 0, num_pages: 0, data: [] }));
    });
    const proof = createTagProof(clientFor(cleanup, url), new SeenRuns());
    proof.noteSubmitted(1, TAG);
    expect(await proof.doubt({})).toContain('action_run 1');
  });

  it('is none by a run of ours that SOAR has lost: its number is another’s', async () => {
    const theirs = { ...row, name: 'somebody else’s' };
    const { url } = await serveHttp(cleanup, (request, response) => {
      const isOne = /action_run\/1$/.test(request.url ?? '');
      response.end(JSON.stringify(isOne ? theirs : { count: 1, num_pages: 1, data: [theirs] }));
    });
    const proof = createTagProof(clientFor(cleanup, url), new SeenRuns());
    proof.noteSubmitted(1, TAG);
    expect(await proof.doubt({})).toBeUndefined();
  });
});
