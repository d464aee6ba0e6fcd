import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { openJobFolder } from '../../../../src/cli/job/job-folder.js';
import type { JobFolder } from '../../../../src/cli/job/job-folder.js';
import { Scratch } from '../support/scratch.js';

let scratch: Scratch;
beforeEach(() => {
  scratch = new Scratch();
});
afterEach(() => scratch.remove());

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

  it.each(['', '{', '{"workflowId":7}'])('whose record is damaged (%j) is made anew', (content) => {
    const { path: folder, workflowId } = open('a');
    writeFileSync(path.join(folder, 'job.json'), content);
    writeFileSync(path.join(folder, 'of the old job'), '');
    const again = open('a');
    expect(again.isResumed).toBe(false);
    expect(again.workflowId).not.toBe(workflowId);
    expect(existsSync(path.join(folder, 'of the old job'))).toBe(false);
    expect(open('a').workflowId).toBe(again.workflowId);
  });
});
