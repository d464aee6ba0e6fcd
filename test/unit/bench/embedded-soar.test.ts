import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';

const ROOT = path.join(__dirname, '../../..');

test('the bench of the embedded SOAR measures three rounds and says their median and its settings', async () => {
  const args = ['-r', './scripts/load-typescript.cjs', './bench/embedded-soar.ts', '--requests', '40'];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: ROOT });
  const [settings, ...lines] = stdout.trim().split('\n');
  expect(settings).toMatch(/40 a round, 16 connections, 1000 runs, Node v\d+/);
  expect(lines.map((line) => line.replace(/\d+(\.\d+)?/g, 'N'))).toEqual([
    ...Array.from({ length: 3 }, () => 'round:  N requests/s, N ms of CPU a request'),
    'median: N requests/s, N ms of CPU a request (target: N requests/s)',
  ]);
});
