import { existsSync } from 'node:fs';
import path from 'node:path';
import { read, ROOT } from '../../documents/code-blocks.js';

const text = read('CONTRIBUTING.md');
const [, changes = ''] = text.split('## Where does my change go?');
const rows = (changes.split('\n## ')[0] ?? '')
  .split('\n')
  .filter((line) => line.startsWith('|') && line.includes('`src/'));

describe('“Where does my change go?” in CONTRIBUTING.md', () => {
  it('has twenty changes at least', () => {
    expect(rows.length).toBeGreaterThanOrEqual(20);
  });

  it.each(rows.flatMap((row) => [...row.matchAll(/`(src\/[^`]+)`/g)].map(([, file]) => file ?? '')))(
    '%s is there',
    (file) => {
      expect(existsSync(path.join(ROOT, file))).toBe(true);
    },
  );
});
