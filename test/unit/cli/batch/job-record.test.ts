import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openJobRecord } from '../../../../src/cli/batch/job-record.js';
import type { EnrichBatchInput } from '../../../../src/contracts/enrich-batch.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'soar-runner-job-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function input(...ips: string[]): EnrichBatchInput {
  const request = {
    action: 'geolocate ip',
    container_id: '1',
    name: 'x',
    targets: [{ app_id: 1, assets: ['maxmind'] }],
  };
  return { request, items: ips.map((ip) => ({ ip })) };
}

describe('the record of a job', () => {
  it('finds the same workflow for the same input, until the results are written', () => {
    const first = openJobRecord(folder, input('8.8.8.8'));
    const second = openJobRecord(folder, input('8.8.8.8'));
    expect([first.isResumed, second.isResumed]).toEqual([false, true]);
    expect(second.workflowId).toBe(first.workflowId);
    second.forget();
    const third = openJobRecord(folder, input('8.8.8.8'));
    expect(third.isResumed).toBe(false);
    expect(third.workflowId).not.toBe(first.workflowId);
  });

  it('is another for another input', () => {
    const ids = [input('8.8.8.8'), input('8.8.8.8', '1.1.1.1'), input('1.1.1.1', '8.8.8.8')].map(
      (given) => openJobRecord(folder, given).workflowId,
    );
    expect(new Set(ids).size).toBe(3);
  });

  it.each(['', '{', '{"workflowId":7}'])('that is damaged (%j) is made anew', (content) => {
    const { workflowId } = openJobRecord(folder, input('8.8.8.8'));
    const jobs = path.join(folder, 'jobs');
    for (const name of readdirSync(jobs)) writeFileSync(path.join(jobs, name), content);
    const again = openJobRecord(folder, input('8.8.8.8'));
    expect(again.isResumed).toBe(false);
    expect(again.workflowId).not.toBe(workflowId);
    expect(openJobRecord(folder, input('8.8.8.8')).workflowId).toBe(again.workflowId);
  });
});
