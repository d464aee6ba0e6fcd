import { isGone } from '../../../src/cli/stack/process.js';
import type { RunningCommand } from './support/start-command.js';
import { Workplace } from './support/workplace.js';

describe('two commands in one folder', () => {
  const workplace = new Workplace();

  afterAll(() => workplace.close());

  const batch = (name: string, seconds: number): RunningCommand => {
    workplace.write(`${name}.jsonl`, JSON.stringify({ message: name, seconds }));
    const action = ['--action', 'simulate', '--parameter', 'message', '--asset', 'lab'];
    return workplace.run(['batch', `${name}.jsonl`, '-o', `${name}.csv`, ...action]);
  };

  it('share the servers of the first, which ends them after the second', async () => {
    const first = batch('first', 8);
    await first.sees(/Starting the batch/);
    const second = batch('second', 18);
    await first.sees(/Another command works with the servers of this one: they stay up until it has ended\./);
    expect(workplace.rows('first.csv').map(({ status }) => status)).toEqual(['success']);
    expect([await second.ended, second.said.stderr]).toEqual([0, expect.any(String)]);
    expect(workplace.rows('second.csv').map(({ status }) => status)).toEqual(['success']);
    expect(await first.ended).toBe(0);
    expect(isGone(workplace.temporalServer())).toBe(true);
  });
});
