import { existsSync, readdirSync, writeFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { InputFormat } from '../../../../src/cli/input/open.js';
import type { ActionFacts } from '../../../../src/cli/input/row.js';
import type { JobSpec } from '../../../../src/cli/job/spec.js';
import { openJobFolder, prepareFromFile, prepareFromStream } from '../../../../src/cli/job/prepare.js';
import type { JobFolder, PreparedJob } from '../../../../src/cli/job/prepare.js';
import { all, each } from '../support/rows.js';
import { Scratch } from '../support/scratch.js';

let scratch: Scratch;
beforeEach(() => {
  scratch = new Scratch();
});
afterEach(() => scratch.remove());

const target = { action: 'geolocate ip', asset: 'maxmind', container: '1' };
const base = {
  mapping: { parameter: 'ip', perRow: [] },
  rules: {},
  target,
  options: {},
  outputs: [],
  stayUp: false,
  worker: true,
};

/** A SOAR that says nothing of the action. */
const noFacts = (): Promise<ActionFacts> => Promise.resolve({ kinds: [] });

function spec(format: InputFormat = 'csv'): JobSpec {
  return { ...base, source: { kind: 'file', path: 'in', format } };
}

async function prepared(content: string | Uint8Array, format: InputFormat = 'csv'): Promise<PreparedJob> {
  writeFileSync(scratch.at('in'), content);
  return prepareFromFile(scratch.at('jobs-of-all'), spec(format), noFacts, {
    name: 'in',
    path: scratch.at('in'),
    format,
  });
}

describe('preparing a job', () => {
  it('reads its input once; the next process finds it', async () => {
    const first = await prepared('ip\na\nb\na\n');
    expect(first.summary).toMatchObject({ columns: ['ip'], rows: 3, invalid: 0, distinct: 2 });
    await first.close();
    const second = await prepared('ip\na\nb\na\n');
    expect([first.folder.isResumed, second.folder.isResumed]).toEqual([false, true]);
    expect(second.folder.workflowId).toBe(first.folder.workflowId);
    expect(await all(second.input.items(0))).toEqual([{ ip: 'a' }, { ip: 'b' }]);
    await second.close();
  });

  it('begins again with an input that a killed process has read in part', async () => {
    const first = await prepared('ip\na\nb\n');
    await first.input.clear();
    await first.input.add([{ cells: ['half'], reading: { items: [{ ip: 'half' }] } }]);
    await first.close();
    const second = await prepared('ip\na\nb\n');
    expect(await all(second.input.items(0))).toEqual([{ ip: 'a' }, { ip: 'b' }]);
    await second.close();
  });

  it('keeps what comes only once, and no copy of it', async () => {
    const source = { ...base, source: { kind: 'stdin', format: 'list' } } as const;
    const job = await prepareFromStream(scratch.at('state-of-all'), source, noFacts, each(['a\n', 'b\n']));
    expect(job.summary.distinct).toBe(2);
    await job.close();
    expect(readdirSync(scratch.at('state-of-all'))).toEqual(['jobs']);
  });

  const MANY = Array.from({ length: 5_000 }, (_, index) => `10.0.0.${index}\n`).join('');
  it.each<[string, string | Uint8Array, InputFormat, unknown]>([
    ['an empty file', '', 'csv', 'in is empty: it must have a header line with a column "ip".'],
    ['a header alone', 'ip\n', 'csv', 'in has no rows.'],
    [
      'Latin-1',
      Uint8Array.from(Buffer.from('münchen.de\n', 'latin1')),
      'list',
      expect.stringMatching(/^in is not UTF-8 text: save it as UTF-8, or say --encoding windows-1252/),
    ],
    ['half of UTF-16', Uint8Array.of(0xff, 0xfe, 0x38), 'list', 'in is not UTF-16LE text: save it as UTF-8.'],
    ['an empty list', '# nothing\n', 'list', 'in has no rows.'],
    ['binary junk', Uint8Array.from({ length: 50 }, (_, index) => index), 'list', 'in is not a text file.'],
    [
      'a CSV as lines of JSON',
      'ip\n8.8.8.8\n',
      'jsonl',
      expect.stringMatching(/^in is not JSON: .* say --format csv or --format list\.$/),
    ],
    [
      'a quote that is opened far behind',
      `ip\n${MANY}"open\n`,
      'csv',
      'in cannot be read: a quote is opened and never closed (line 5002). Say --no-quotes if its quotes mean nothing.',
    ],
  ])('refuses %s, and leaves nothing', async (_what, content, format, says) => {
    const refused = prepared(content, format);
    await expect(refused).rejects.toMatchObject({ message: says, exitCode: 2 });
    const jobs = scratch.at('jobs-of-all/jobs');
    expect(existsSync(jobs) ? readdirSync(jobs) : []).toEqual([]);
  });

  it.each([
    ['that is not there', 'missing', 'missing does not exist.'],
    ['that is a folder', '.', '. is not a file.'],
  ])('refuses a file %s', async (_what, name, says) => {
    const file = { name, path: scratch.at(name), format: 'csv' } as const;
    await expect(prepareFromFile(scratch.folder, spec(), noFacts, file)).rejects.toMatchObject({
      message: says,
      exitCode: 2,
    });
  });
});

const open = (inputDigest: string, work: unknown = {}, workflowId?: string): JobFolder =>
  openJobFolder(scratch.folder, { inputDigest, work, workflowId });

describe('the folder of a job', () => {
  it('has the same workflow for the same input and work, until it is removed', () => {
    const first = open('a', { x: 1, y: 2 });
    const second = open('a', { y: 2, x: 1 });
    expect([first.isResumed, second.isResumed]).toEqual([false, true]);
    expect(second.workflowId).toBe(first.workflowId);
    second.remove();
    expect(existsSync(first.path)).toBe(false);
    const third = open('a', { x: 1, y: 2 });
    expect(third.isResumed).toBe(false);
    expect(third.workflowId).not.toBe(first.workflowId);
  });

  it('is another for another input, and for other work', () => {
    const ids = [open('a'), open('b'), open('a', { itemsPerRun: 5 })].map(({ workflowId }) => workflowId);
    expect(new Set(ids).size).toBe(3);
  });

  it('has the workflow id that the caller has in mind', () => {
    expect(open('a', {}, 'mine').workflowId).toBe('mine');
    expect(open('a', {}, 'mine').isResumed).toBe(true);
  });

  // Its batch may still run: a new one would run everything a second time.
  it.each(['', '{', '{"workflowId":7}'])(
    'whose record is damaged (%j) is left as it is until somebody removes it',
    (content) => {
      const { path: folder, workflowId } = open('a');
      writeFileSync(path.join(folder, 'job.json'), content);
      writeFileSync(path.join(folder, 'of the old job'), '');
      expect(() => open('a')).toThrow(/job\.json is damaged\. Nothing was changed\./);
      expect(existsSync(path.join(folder, 'of the old job'))).toBe(true);
      rmSync(path.join(folder, 'job.json'));
      const again = open('a');
      expect([again.isResumed, existsSync(path.join(folder, 'of the old job'))]).toEqual([false, false]);
      expect(again.workflowId).not.toBe(workflowId);
    },
  );
});
