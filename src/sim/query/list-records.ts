import type { SoarRecord } from '../store/soar-record.js';
import type { ReadonlyTable } from '../store/table.js';
import type { RelationOf } from './field-path.js';
import { filterOf } from './filter.js';
import type { Page } from './page.js';
import { pageOf } from './page.js';
import { sortRecords } from './sort.js';

/** Fields that a list leaves out unless `include_expensive` is given; a single object has them. */
const EXPENSIVE_FIELDS: ReadonlySet<string> = new Set(['result_data', 'result_summary', 'extra_data']);

/** The answer to a list request: filtered, sorted, cut to one page, and without expensive fields unless they are asked for. */
export function listRecords(table: ReadonlyTable, query: URLSearchParams, relationOf: RelationOf): Page<SoarRecord> {
  const matching = table.all().filter(filterOf(table, query, relationOf));
  const page = pageOf(sortRecords(matching, table, query), query);
  return query.has('include_expensive') ? page : { ...page, data: page.data.map(withoutExpensive) };
}

function withoutExpensive(record: SoarRecord): SoarRecord {
  const kept = Object.entries(record).filter(([field]) => !EXPENSIVE_FIELDS.has(field));
  return { id: record.id, ...Object.fromEntries(kept) };
}
