import { isAlive } from '../../../src/cli/stack/is-alive.js';
import type { RunningCommand } from './support/start-command.js';
import { killed, Workplace } from './support/workplace.js';

const DISTINCT = 6_000;
const ADDRESSES = Array.from(
  { length: DISTINCT },
  (_, index) => `11.${index >> 16}.${(index >> 8) & 255}.${index & 255}`,
);
/** Every tenth address stands there twice. */
const ROWS = ADDRESSES.flatMap((address, index) => (index % 10 === 0 ? [address, address] : [address]));
const START = ['start', '--input', 'many.csv'] as const;

describe('a main job that ends in mid-batch', () => {
  let workplace: Workplace;

  beforeEach(() => {
    workplace = new Workplace();
    workplace.write('many.csv', `ip\n${ROWS.join('\n')}\n`);
  });
  afterEach(() => workplace.close());

  /** Waits for progress that is neither the beginning nor the end. */
  async function inMidBatch(command: RunningCommand): Promise<void> {
    await command.sees(/ [1-9]\d*\/6000 addresses/);
    expect(command.said.stderr).not.toContain(`${DISTINCT}/${DISTINCT}`);
  }

  /** Starts the job once more and checks that it is the same batch, that nothing is missing, and that nothing ran twice. */
  async function goesOn(): Promise<void> {
    const doneBefore = Object.keys(await workplace.lookUps()).length;
    expect(doneBefore).toBeGreaterThan(0);
    expect(doneBefore).toBeLessThan(DISTINCT);
    const again = workplace.run(START);
    expect([await again.ended, again.said.stderr]).toEqual([0, expect.stringContaining('6000/6000')]);
    expect(again.said.stdout).toContain('Picking up the batch');
    const rows = workplace.rows('results.csv');
    expect(rows.map(({ ip }) => ip)).toEqual(ROWS);
    expect(new Set(rows.map(({ status }) => status))).toEqual(new Set(['success']));
    expect(await workplace.lookUps()).toEqual(Object.fromEntries(ADDRESSES.map((address) => [address, 1])));
    expect(isAlive(workplace.temporalServer().pid)).toBe(false);
  }

  it('goes on after kill -9 of all its processes', async () => {
    const command = workplace.run(START);
    await inMidBatch(command);
    expect(await command.end('SIGKILL')).toBeNull();
    await killed(workplace.temporalServer().pid);
    await goesOn();
  });

  it('goes on after kill -9 of itself alone, with the Temporal server that it left', async () => {
    const command = workplace.run(START);
    await inMidBatch(command);
    expect(await command.end('SIGKILL')).toBeNull();
    const left = workplace.temporalServer();
    expect(isAlive(left.pid)).toBe(true);
    await goesOn();
    expect(workplace.temporalServer()).toEqual(left);
  });

  it('goes on after Ctrl-C, which leaves nothing running', async () => {
    const command = workplace.run(START);
    await inMidBatch(command);
    expect(await command.end('SIGINT')).toBe(1);
    expect(command.said.stderr).toMatch(/Stopped before the batch was done; start again to go on\.\n$/);
    expect(isAlive(workplace.temporalServer().pid)).toBe(false);
    await goesOn();
  });
});
