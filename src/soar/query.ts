/** A literal SOAR compares with. A list goes with the look-ups `in` and `range`, a Boolean with `isnull`. */
export type FilterValue = string | number | boolean | readonly (string | number)[];

/** Which rows of a list to give, in which order, and which page of them. Everything is optional. */
export interface ListQuery {
  /**
   * Rows must match all of these. A key is a field, optionally through relations, optionally with a look-up:
   * `name`, `id__in`, `message__icontains`, `action_run__container_id`.
   */
  readonly filters?: Readonly<Record<string, FilterValue>> | undefined;
  /** Rows must match none of these; keys as in `filters`. */
  readonly excludes?: Readonly<Record<string, FilterValue>> | undefined;
  /** A field of the row itself, not of a relation. */
  readonly sort?: string | undefined;
  readonly order?: 'asc' | 'desc' | undefined;
  /** Counted from 0. */
  readonly page?: number | undefined;
  /** Rows a page: SOAR's default is 10, and 0 means all. */
  readonly pageSize?: number | undefined;
  /** Brings `result_data`, `result_summary` and `extra_data`, which lists leave out otherwise. They can be megabytes. */
  readonly includeExpensive?: boolean | undefined;
}

/** As many ids as a query of SOAR's can name. */
const IDS_A_QUERY = 100;

/** The queries for the rows with these ids. A SOAR that ignores the filter sends other rows, or too few. */
export function* queriesById(ids: readonly number[]): Generator<ListQuery> {
  for (let first = 0; first < ids.length; first += IDS_A_QUERY) {
    const some = ids.slice(first, first + IDS_A_QUERY);
    yield { filters: { id__in: some }, page: 0, pageSize: some.length };
  }
}

/**
 * Writes a {@link ListQuery} as SOAR reads it: `_filter_name="a b"&page=0`. Every literal goes as its JSON text, which
 * is the quoting SOAR documents: `"…"` for text, bare numbers, `[1,2]` for lists. Returns '' for an empty query, else a
 * string that starts with `?`.
 */
export function toQueryString(query: ListQuery): string {
  const pairs = [
    ...literals('_filter_', query.filters),
    ...literals('_exclude_', query.excludes),
    ...plain('sort', query.sort),
    ...plain('order', query.order),
    ...plain('page', query.page),
    ...plain('page_size', query.pageSize),
    ...(query.includeExpensive ? plain('include_expensive', true) : []),
  ];
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}

function literals(prefix: string, filters: ListQuery['filters']): string[] {
  return Object.entries(filters ?? {}).flatMap(([key, value]) => plain(prefix + key, JSON.stringify(value)));
}

function plain(name: string, value: string | number | boolean | undefined): string[] {
  return value === undefined ? [] : [`${encodeURIComponent(name)}=${encodeURIComponent(value)}`];
}
