import type { ItemRow } from '../../../../src/cli/batch/item-row.js';
import { resultsTable } from '../../../../src/cli/batch/results-table.js';

const ESCAPE = '\u001b';

function row(status: string, message: string): ItemRow {
  return { status, message, fields: {}, actionRunId: 1 };
}

describe('the table of results', () => {
  it('shows the first rows, then the ones that failed, and says how many more there are', () => {
    const rows = Array.from({ length: 40 }, (_, index) => row(index >= 20 ? 'failed' : 'success', `message ${index}`));
    const table = resultsTable(
      rows.map((_, index) => `name ${index}`),
      rows,
    );
    const shown = [...table.matchAll(/name (\d+) /g)].map(([, index]) => Number(index));
    expect(shown).toEqual([
      ...Array.from({ length: 12 }, (_, index) => index),
      ...Array.from({ length: 8 }, (_, index) => index + 20),
    ]);
    expect(table).toMatch(/… and 20 more$/);
  });

  it('lets no text steer the terminal', () => {
    const hostile = `${ESCAPE}[2J${ESCAPE}]0;owned\u0007\u009b31m\u202eevil`;
    const table = resultsTable([hostile], [row(hostile, hostile)]);
    // The table's own colours are sequences of numbers alone.
    const uncoloured = table.replace(new RegExp(`${ESCAPE}\\[\\d+m`, 'g'), '');
    expect(uncoloured.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202e]/u);
  });
});
