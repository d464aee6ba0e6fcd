import { parametersOf } from '../../model/batch/batch-item.js';
import { toSafeText } from '../../soar/soar-error.js';
import { cellText, requestFieldsOf } from '../input/row.js';
import { nameOfValue } from '../input/indicator/kinds.js';
import type { PreparedJob } from '../job/prepare.js';
import { nameOf } from '../job/spec.js';
import { counted, itemsText, withoutControls } from '../../model/text.js';

/** What was read of the input, in lines. */
export function describeInput({ spec, summary }: PreparedJob): string[] {
  const { rows, distinct, invalid, skipped, changes, remarks } = summary;
  const notSent = [
    ...(invalid > 0 ? [`${invalid} of them invalid`] : []),
    ...(skipped > 0 ? [`${skipped} of them skipped`] : []),
  ];
  const changed = Object.entries(changes).map(([change, count]) => `${count} ${change}`);
  const of = [nameOf(spec.source), ...notSent].join(', ');
  const ofItems = changed.length > 0 ? ` (${changed.join(', ')})` : '';
  return [`Read ${counted(rows, 'row')} from ${of}: ${itemsText(distinct)}${ofItems}.`, ...remarks.map(shown)];
}

const EXAMPLES = 10;

/** Values of one sort: how many there are, and the first of them. */
class Sort {
  count = 0;
  readonly examples: string[] = [];

  add(example: string): void {
    this.count += 1;
    if (this.examples.length < EXAMPLES) this.examples.push(shown(example));
  }
}

/** What would be sent of a job, and what not, in lines: how much of each sort, with ten examples. */
export async function* previewOf(job: PreparedJob): AsyncGenerator<string> {
  const { spec, summary } = job;
  const { action, asset, container } = spec.target;
  yield* describeInput(job);
  yield `Nothing is sent. It would be "${action}" on asset ${asset} in container ${container}, for ${counted(summary.distinct, 'item')}:`;
  for (const [name, { count, examples }] of [...(await sent(job)), ...(await notSent(job))]) {
    yield `${name}: ${count}`;
    for (const example of examples) yield `  ${example}`;
    if (count > examples.length) yield `  … and ${count - examples.length} more`;
  }
}

async function sent({ spec, input }: PreparedJob): Promise<Map<string, Sort>> {
  const sorts = new Map<string, Sort>();
  for await (const item of input.items(0)) {
    const parameters = parametersOf(item, requestFieldsOf(spec.mapping));
    const value = parameters[spec.mapping.parameter];
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    const others = Object.keys(item).length > 1 ? ` ${JSON.stringify(item)}` : '';
    sortOf(sorts, `sent, ${nameOfValue(text) ?? 'a text'}`).add(`${text}${others}`);
  }
  return sorts;
}

async function notSent({ input, summary }: PreparedJob): Promise<Map<string, Sort>> {
  const sorts = new Map<string, Sort>();
  if (summary.invalid + summary.skipped === 0) return sorts;
  for await (const { first, rows } of input.rowPages()) {
    for (const [index, row] of rows.entries()) {
      if (!('problem' in row)) continue;
      const cells = row.cells.map(cellText).filter((cell) => cell !== '');
      const example = `row ${first + index + 1}: ${row.problem} (${cells.slice(0, 3).join(', ')})`;
      sortOf(sorts, row.isSkipped ? 'skipped' : 'invalid').add(example);
    }
  }
  return sorts;
}

function sortOf(sorts: Map<string, Sort>, name: string): Sort {
  const sort = sorts.get(name) ?? new Sort();
  sorts.set(name, sort);
  return sort;
}

const SHOWN_CHARACTERS = 160;

function shown(text: string): string {
  return toSafeText(withoutControls(text), SHOWN_CHARACTERS);
}
