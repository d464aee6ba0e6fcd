import { UserError } from '../errors.js';
import type { InputReader, InputRow } from '../input/row.js';
import { NOT_JSON } from '../input/json-lines.js';
import { inPages } from './in-pages.js';
import type { InputStore, InputSummary } from './input-store.js';

const PAGE_ROWS = 1_000;

/**
 * Takes all rows of an input into the store of its job. What an earlier process did not finish is begun again; what is
 * there is not read again.
 *
 * @throws UserError where the input is not of its format, or has no rows
 */
export async function ingest(name: string, reader: InputReader, store: InputStore): Promise<InputSummary> {
  const known = await store.summary();
  if (known) return known;
  await store.clear();
  let rows = 0;
  let notJson = 0;
  for await (const page of inPages(reader.rows(), PAGE_ROWS)) {
    rows += page.length;
    notJson += page.filter(isNotJson).length;
    await store.add(page);
  }
  if (rows === 0) throw new UserError(`${name} has no rows.`, 2);
  if (notJson === rows) throw new UserError(`${name} is not lines of JSON: none of its lines can be read.`, 2);
  return store.finish(reader.columns);
}

function isNotJson({ reading }: InputRow): boolean {
  return 'problem' in reading && reading.problem === NOT_JSON;
}
