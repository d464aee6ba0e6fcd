import { writeFileSync } from 'node:fs';
import type { JobSpec } from '../../../../src/cli/job/spec.js';
import { checkOwner, noteOwner } from '../../../../src/cli/job/spec.js';
import { Scratch } from '../support/scratch.js';

const scratch = new Scratch();
afterAll(() => scratch.remove());

function spec(file: string, over: Partial<JobSpec> = {}): JobSpec {
  return {
    source: { kind: 'file', path: file, format: 'csv' },
    mapping: { parameter: 'ip', perRow: [] },
    rules: {},
    target: { action: 'geolocate ip', asset: 'maxmind', container: '1' },
    options: {},
    outputs: [scratch.at('a.results.csv')],
    isOutputByDefault: true,
    stayUp: false,
    worker: true,
    ...over,
  };
}

describe('results in a file that nobody named', () => {
  const check = (one: JobSpec, jobId?: string) => (): void => {
    checkOwner(scratch.folder, one, jobId);
  };

  beforeAll(() => {
    writeFileSync(scratch.at('a.results.csv'), '');
    noteOwner(scratch.folder, spec('a.csv'), 'one');
  });

  it('are replaced by the same job', () => {
    expect(check(spec('a.csv'), 'two')).not.toThrow();
  });

  it.each<[string, JobSpec]>([
    ['on another file', spec('a.txt')],
    ['of another action', spec('a.csv', { target: { action: 'whois ip', asset: 'maxmind', container: '1' } })],
    ['of other rows of the file', spec('a.csv', { limit: 5 })],
  ])('are not replaced by a job %s', (_what, other) => {
    expect(check(other)).toThrow(
      /a\.results\.csv has the results of another job, on a\.csv: .* --output, or say --force\.$/,
    );
    expect(check({ ...other, force: true })).not.toThrow();
    expect(check({ ...other, isOutputByDefault: false })).not.toThrow();
  });

  it('are told apart by what came on standard input', () => {
    const stdin = spec('', { source: { kind: 'stdin', format: 'list' }, outputs: [scratch.at('results.csv')] });
    writeFileSync(scratch.at('results.csv'), '');
    noteOwner(scratch.folder, stdin, 'one');
    expect(check(stdin, 'one')).not.toThrow();
    expect(check(stdin, 'two')).toThrow('on standard input');
  });
});
