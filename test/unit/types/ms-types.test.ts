import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { ActivityOptions, sleep } from '@temporalio/workflow';

type Duration = Parameters<typeof sleep>[0];

const root = path.join(__dirname, '../../..');

// Checked by the compiler, not by running: without types/ms.d.ts what `sleep` takes is `any`, the lines below compile, and the
// unused directives are errors.
const good: readonly Duration[] = [500, '5 minutes', '1h', '1.5 hours', '10s', '30 DAYS'];
// @ts-expect-error a misspelt unit is no duration
const misspelt: Duration = '5 minuts';
// @ts-expect-error neither is a number of nothing
const empty: Duration = 'soon';
// @ts-expect-error the same holds where Temporal's options take one
const options: ActivityOptions = { startToCloseTimeout: '5 minuts' };

describe('types/ms.d.ts', () => {
  it('is what keeps these misspellings from compiling', () => {
    expect([good.length, misspelt, empty, options]).toEqual([
      6,
      '5 minuts',
      'soon',
      { startToCloseTimeout: '5 minuts' },
    ]);
  });

  it('names this file', () => {
    const declaration = readFileSync(path.join(root, 'types/ms.d.ts'), 'utf8');
    expect(declaration).toContain(`\`${path.relative(root, __filename)}\``);
  });
});
