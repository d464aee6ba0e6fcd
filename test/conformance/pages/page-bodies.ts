import { sample } from '../../unit/contracts/soar/samples.js';
import { APP_RUN_PAGE } from './app-run-page.js';
import { APPROVAL_PAGE } from './approval-page.js';
import type { Fields } from './fields.js';
import { fieldsOf } from './fields.js';
import type { PageBody, TableRow } from './page-body.js';
import { RUN_ACTION_PAGE } from './run-action-page.js';

/** Every JSON body of both reference pages, in the order of the pages. */
export const PAGE_BODIES: readonly PageBody[] = [...RUN_ACTION_PAGE, ...APP_RUN_PAGE, ...APPROVAL_PAGE];

/** The body of that name. Throws an Error where the pages have none. */
export function pageBody(name: string): PageBody {
  const body = PAGE_BODIES.find((each) => each.name === name);
  if (!body) throw new Error(`the pages have no body "${name}"`);
  return body;
}

/** Where the field of a table's row stands in the body. */
export function pathOf({ field, at }: TableRow): string {
  return at ?? field;
}

/** The fields of a body's samples. */
export function sampleFields({ samples }: PageBody): Fields {
  return fieldsOf(...samples.map(sample));
}

/** Every field that a page names for a body, by its table or by a sample, in the order of the page. */
export function pathsOf(body: PageBody): string[] {
  const named = [...body.table.map(pathOf), ...sampleFields(body).keys()];
  return [...new Set(named)].filter((path) => !path.endsWith('[]'));
}
