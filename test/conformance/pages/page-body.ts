import type { JsonType } from './fields.js';

/** A row of a table on a page: a field, its type in the page's words, and the page's "Required" where it has that column. */
export interface TableRow {
  readonly field: string;
  readonly type: string;
  readonly required?: string;
  /** Where in the body it stands, as `data[].action`, when that is not its own name. */
  readonly at?: string;
}

/** No path at all: every field of a body is SOAR's own. */
export const NOTHING_FOREIGN = /(?!)/;

/** A type that neither table nor sample shows for a field, and the reason why an answer may still have it. */
export interface AlsoAllowed {
  readonly at: string;
  readonly type: JsonType;
  readonly because: string;
}

/** One JSON body that a page describes, by a table, by samples, or by both. */
export interface PageBody {
  readonly name: string;
  readonly page: 'REST Run Action' | 'REST Approval';
  /** As `GET /rest/action_run/<id>`. */
  readonly endpoint: string;
  readonly kind: 'request' | 'answer';
  /** Names of the files the page's samples are kept in: test/unit/contracts/soar/samples/<name>.json. */
  readonly samples: readonly string[];
  readonly table: readonly TableRow[];
  /** Paths that belong to an app or to the caller: another answer has other fields there. */
  readonly foreign: RegExp;
  readonly also: readonly AlsoAllowed[];
}
