import { sample as sampleOf } from '../unit/contracts/soar/samples.js';
import type { Exchange } from './exchanges.js';
import { EXCHANGES } from './exchanges.js';
import { pageBody } from './pages/page-bodies.js';
import { shapeProblems } from './pages/shape.js';
import { numberAt, objectOf } from './support/read-json.js';
import { IS_EMBEDDED, MAY_WRITE, SCHEMES, useSoar } from './support/under-test.js';

const byTitle = (exchanges: readonly Exchange[]): [string, Exchange][] => exchanges.map((each) => [each.title, each]);
const isDetail = ({ answer }: Exchange): boolean => answer === 'approval detail';

const reads = EXCHANGES.filter(({ isWrite }) => !isWrite);
const writes = EXCHANGES.filter(({ isWrite }) => isWrite);

describe.each(SCHEMES)('every sample of the pages, over %s', (scheme) => {
  const opened = useSoar(scheme);

  it.each(byTitle(MAY_WRITE ? EXCHANGES : reads))('%s', async (_title, { ask, answer, sample }) => {
    const { soar, material } = opened();
    const { status, json } = await ask(soar, material);
    expect(shapeProblems(pageBody(answer), sample, json)).toEqual([]);
    // Which status a refused cancel has is not known; everything else that is no error has exactly 200.
    expect(status === 200 || answer === 'cancel refused').toBe(true);
  });

  it.each(byTitle(reads.filter((exchange) => !isDetail(exchange))))(
    '%s, and our client reads every field of it',
    async (_title, { ask, read }) => {
      const { soar, material } = opened();
      expect(await read(soar, material)).toEqual((await ask(soar, material)).json);
    },
  );

  it.each(byTitle(reads.filter(isDetail)))(
    '%s, and our client keeps to itself what is secret',
    async (_title, each) => {
      const { soar, material } = opened();
      const detail = objectOf(await each.read(soar, material));
      // Only who is asked is read; whatever else the answer has stays where it is.
      expect(Object.keys(detail)).toEqual(['owner']);
      expect((await each.ask(soar, material)).json).toMatchObject(detail);
      expect(JSON.stringify(detail)).not.toMatch(/configuration|api_key|"token"/);
    },
  );

  if (MAY_WRITE) {
    it.each(byTitle(writes))('%s, and our client sees it so', async (_title, { read, answer, sample }) => {
      const { soar, material } = opened();
      expect(shapeProblems(pageBody(answer), sample, await read(soar, material))).toEqual([]);
    });

    it('a run gives back what was submitted', async () => {
      const { soar, material } = opened();
      for (const { ask, request } of EXCHANGES.filter(({ answer }) => answer === 'action queued')) {
        const { container_id, ...body } = objectOf(material.adapted(sampleOf(request?.sample ?? '')));
        const run = await soar.client.getActionRun(numberAt((await ask(soar, material)).json, 'action_run_id'));
        expect(run).toMatchObject({ ...body, container: container_id });
      }
    });

    it('the keys of "New action queued." come in the order of the page', async () => {
      const { soar, material } = opened();
      const [submission] = EXCHANGES;
      expect((await submission?.ask(soar, material))?.text).toMatch(
        /^\{"action_run_id": ?\d+, ?"message": ?"New action queued\.", ?"success": ?true\}$/,
      );
    });
  }
});

if (IS_EMBEDDED) {
  describe('what our client keeps to itself, the control', () => {
    const opened = useSoar();

    it('is there on the wire', async () => {
      const { soar, material } = opened();
      const [approvals] = reads.filter(isDetail);
      expect((await approvals?.ask(soar, material))?.text).toMatch(/"configuration": ?\{"api_key": ?"[^"]+"\}/);
    });
  });
}

describe('the shape of an answer, the control', () => {
  const run = pageBody('action_run');

  it('a field that is missing is seen', () => {
    expect(shapeProblems(run, 'action-run', {})).toContain('status is missing');
  });

  it('a field of another type is seen', () => {
    expect(shapeProblems(run, 'action-run', { id: '47', targets: [{ app_id: {} }] })).toEqual(
      expect.arrayContaining(['id is string', 'targets[].app_id is object', 'targets[].assets is missing']),
    );
  });

  it('a field that one row of many lacks is seen', () => {
    const rows = { count: 2, num_pages: 1, data: [{ status: 'success' }, {}] };
    expect(shapeProblems(pageBody('action results'), 'action-results', rows)).toContain('data[].status is missing');
  });

  it('a time that is none is seen', () => {
    expect(shapeProblems(run, 'action-run', { create_time: 'yesterday' })).toContain('create_time is string');
  });
});
