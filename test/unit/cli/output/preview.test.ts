import { writeFileSync } from 'node:fs';
import { readSpec } from '../../../../src/cli/batch-command.js';
import { prepareFromFile } from '../../../../src/cli/job/prepare.js';
import { previewOf } from '../../../../src/cli/output/preview.js';
import { all } from '../support/rows.js';
import { Scratch } from '../support/scratch.js';

it('what would be sent is shown by its sort, ten of each, and what would not with its reason', async () => {
  const scratch = new Scratch();
  const many = Array.from({ length: 12 }, (_, index) => `ip,8.8.8.${index}`);
  const lines = ['type,v', ...many, 'ip,8[.]8[.]4[.]4', 'ip,x\u001b', 'sha1,da39'];
  writeFileSync(scratch.at('a.csv'), lines.join('\n'));
  const options = { action: 'geolocate ip', parameter: 'ip', worker: true, column: 'v', where: ['type=ip'] };
  const spec = readSpec(scratch.at('a.csv'), options, {});
  const file = { name: 'a.csv', path: scratch.at('a.csv'), format: 'csv' } as const;
  const job = await prepareFromFile(scratch.at('jobs'), spec, () => Promise.resolve({ kinds: ['ip'] }), file);
  const shown = await all(previewOf(job));
  await job.close();
  await scratch.remove();
  expect(shown.slice(1)).toEqual(
    [
      'Nothing is sent. It would be "geolocate ip" on asset maxmind in container 1, for 13 items:',
      'sent, an ip: 13',
      ...Array.from({ length: 10 }, (_, index) => `  8.8.8.${index}`),
      '  … and 3 more',
      'invalid: 1',
      'row 14: "x" is not an ip. (ip, x)',
      'skipped: 1',
      'row 15: The row does not have type=ip. (sha1, da39)',
    ].map((line) => (line.startsWith('row') ? `  ${line}` : line)),
  );
  expect(shown[0]).toMatch(
    /^Read 15 rows from .*a\.csv, 1 of them invalid, 1 of them skipped: 13 different items \(1 refanged\)\.$/,
  );
});

it('one row and one item are said in the singular', async () => {
  const scratch = new Scratch();
  writeFileSync(scratch.at('a.txt'), '8.8.8.8\n');
  const spec = readSpec(scratch.at('a.txt'), { action: 'geolocate ip', parameter: 'ip', worker: true }, {});
  const file = { name: 'a.txt', path: scratch.at('a.txt'), format: 'list' } as const;
  const job = await prepareFromFile(scratch.at('jobs'), spec, () => Promise.resolve({ kinds: ['ip'] }), file);
  const [read, sent] = await all(previewOf(job));
  await job.close();
  await scratch.remove();
  expect(read).toMatch(/^Read 1 row from .*a\.txt: 1 item\.$/);
  expect(sent).toMatch(/ for 1 item:$/);
});
