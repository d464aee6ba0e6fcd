import fc from 'fast-check';
import { toQueryString } from '../../../src/soar/query.js';

/** Reads a query string back, independently of the code that wrote it. */
function pairsOf(query: string): [string, string][] {
  return [...new URLSearchParams(query.replaceAll('+', '%2B')).entries()];
}

describe('toQueryString', () => {
  it('is empty for an empty query', () => {
    expect(toQueryString({})).toBe('');
    expect(toQueryString({ filters: {}, page: undefined, includeExpensive: false })).toBe('');
  });

  it.each([
    ['text in double quotes', { name: 'a b' }, '_filter_name', '"a b"'],
    ['quotes inside text', { name: `it's "x"` }, '_filter_name', `"it's \\"x\\""`],
    ['a bare number', { container_id: 7 }, '_filter_container_id', '7'],
    ['a list of ids', { id__in: [1, 2] }, '_filter_id__in', '[1,2]'],
    ['a list of texts', { status__in: ['failed'] }, '_filter_status__in', '["failed"]'],
    ['a Boolean', { owner__isnull: true }, '_filter_owner__isnull', 'true'],
    ['a relation with a look-up', { action_run__name__icontains: 'x' }, '_filter_action_run__name__icontains', '"x"'],
  ])('writes %s', (_what, filters, key, literal) => {
    expect(pairsOf(toQueryString({ filters }))).toEqual([[key, literal]]);
  });

  it('writes excludes, order, page and expensive fields under the names SOAR reads', () => {
    const query = {
      excludes: { status: 'failed' },
      sort: 'id',
      order: 'desc',
      page: 0,
      pageSize: 0,
      includeExpensive: true,
    } as const;
    expect(toQueryString(query)).toBe(
      '?_exclude_status=%22failed%22&sort=id&order=desc&page=0&page_size=0&include_expensive=true',
    );
  });

  it('lets no value escape from its parameter', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (field, value) => {
        const pairs = pairsOf(toQueryString({ filters: { [field]: value }, page: 3 }));
        expect(pairs).toEqual([
          [`_filter_${field}`, JSON.stringify(value)],
          ['page', '3'],
        ]);
      }),
    );
  });
});
