import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { z } from 'zod';
import { isGone } from '../../../src/cli/stack/process.js';
import type { RunningCommand } from './support/start-command.js';
import { killed, Workplace } from './support/workplace.js';

const DISTINCT = 2_000;
const ADDRESSES = Array.from(
  { length: DISTINCT },
  (_, index) => `11.${index >> 16}.${(index >> 8) & 255}.${index & 255}`,
);
/** Every tenth address stands there twice. */
const ROWS = ADDRESSES.flatMap((address, index) => (index % 10 === 0 ? [address, address] : [address]));
const CSV = `ip\n${ROWS.join('\n')}\n`;
const START = ['start', '--input', 'many.csv'] as const;
const BATCH = ['batch', '-', '--format', 'csv', '-o', 'results.csv', '-o', 'rows.jsonl'] as const;

const soarSchema = z.object({ url: z.string() });

/** Some 80 requests then take five seconds at least, however fast the machine is: there is a middle to end in. */
const SLOWLY = { SOAR_MAX_REQUESTS_PER_SECOND: '15' };

describe('a main job that ends in mid-batch', () => {
  let workplace: Workplace;

  beforeEach(() => {
    workplace = new Workplace();
    workplace.write('many.csv', CSV);
  });
  afterEach(() => workplace.close());

  /** Waits for progress that is neither the beginning nor the end. */
  async function inMidBatch(command: RunningCommand): Promise<void> {
    await command.sees(/ [1-9]\d*\/2000 items/);
    expect(command.said.stderr).not.toContain(`${DISTINCT}/${DISTINCT}`);
  }

  /** Starts the job once more and checks that it is the same batch, that nothing is missing, and that nothing ran twice. */
  async function goesOn(args: readonly string[] = START, input?: string): Promise<void> {
    const doneBefore = Object.keys(await workplace.lookUps()).length;
    expect(doneBefore).toBeGreaterThan(0);
    expect(doneBefore).toBeLessThan(DISTINCT);
    const again = workplace.run(args, {}, input);
    expect([await again.ended, again.said.stderr]).toEqual([0, expect.stringContaining(`${DISTINCT}/${DISTINCT}`)]);
    expect(again.said.stdout).toContain('Picking up the batch');
    const rows = workplace.rows('results.csv');
    expect(rows.map(({ ip }) => ip)).toEqual(ROWS);
    expect(new Set(rows.map(({ status }) => status))).toEqual(new Set(['success']));
    expect(await workplace.lookUps()).toEqual(Object.fromEntries(ADDRESSES.map((address) => [address, 1])));
    expect(isGone(workplace.temporalServer())).toBe(true);
  }

  it('goes on after kill -9 of all its processes', async () => {
    const command = workplace.run(START, SLOWLY);
    await inMidBatch(command);
    expect(await command.end('SIGKILL')).toBeNull();
    await killed(workplace.temporalServer());
    await goesOn();
  });

  it('goes on after kill -9 of itself alone, with the Temporal server that it left', async () => {
    const command = workplace.run(START, SLOWLY);
    await inMidBatch(command);
    expect(await command.end('SIGKILL')).toBeNull();
    const left = workplace.temporalServer();
    expect(isGone(left)).toBe(false);
    await goesOn();
    expect(workplace.temporalServer()).toEqual(left);
  });

  it('goes on after kill -9 though another program has taken its SOAR’s port meanwhile', async () => {
    const command = workplace.run(START, SLOWLY);
    await inMidBatch(command);
    expect(await command.end('SIGKILL')).toBeNull();
    const { url } = soarSchema.parse(JSON.parse(readFileSync(workplace.at('.soar-runner/soar.json'), 'utf8')));
    const other = createServer();
    other.listen(Number(new URL(url).port), '127.0.0.1');
    await once(other, 'listening');
    await goesOn();
    other.close();
  });

  it('goes on after kill -9 with what came by standard input, and gives out each row once', async () => {
    const command = workplace.run(BATCH, SLOWLY, CSV);
    await inMidBatch(command);
    expect(await command.end('SIGKILL')).toBeNull();
    expect(workplace.names().filter((name) => !name.startsWith('.'))).toEqual([
      'many.csv',
      expect.stringMatching(/^rows\.jsonl\.\w+\.part$/),
    ]);
    await goesOn(BATCH, CSV);
    const rows = readFileSync(workplace.at('rows.jsonl'), 'utf8').trimEnd().split('\n');
    const numbers = rows.map((row) => z.object({ row: z.int() }).parse(JSON.parse(row)).row);
    expect(numbers.sort((a, b) => a - b)).toEqual(ROWS.map((_, index) => index + 1));
    expect(workplace.names().some((name) => name.endsWith('.part'))).toBe(false);
  });

  it('goes on after Ctrl-C, which leaves nothing running', async () => {
    const command = workplace.run(START, SLOWLY);
    await inMidBatch(command);
    expect(await command.end('SIGINT')).toBe(1);
    expect(command.said.stderr).toMatch(/Stopped before the batch was done; start again to go on\.\n$/);
    expect(isGone(workplace.temporalServer())).toBe(true);
    await goesOn();
  });
});
