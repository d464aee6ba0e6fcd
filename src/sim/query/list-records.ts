import type { SoarRecord } from '../records.js';
import type { ReadonlyTable } from '../store/table.js';
import type { RelationOf } from './field-path.js';
import { filterOf } from './filter.js';
import type { Page } from './page.js';
import { pageOf } from './page.js';
import { asRow } from './present.js';
import { sortRecords } from './sort.js';

/** The answer to a list request: filtered, sorted, cut to one page, its rows as lists have them. */
export function listRecords(table: ReadonlyTable, query: URLSearchParams, relationOf: RelationOf): Page<SoarRecord> {
  const matching = table.all().filter(filterOf(table, query, relationOf));
  const page = pageOf(sortRecords(matching, table, query), query);
  return { ...page, data: page.data.map((record) => asRow(record, table, query, relationOf)) };
}
