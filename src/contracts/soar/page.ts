import { z } from 'zod';

/**
 * The envelope of every list: `count` rows in all, in `num_pages` pages of the asked size, of which `data` is one.
 * An empty list reads `{"count": 0, "num_pages": 0, "data": []}`.
 */
export function pageSchema<Row extends z.ZodType>(row: Row): z.ZodType<Page<z.output<Row>>> {
  return z.looseObject({ count: z.int().nonnegative(), num_pages: z.int().nonnegative(), data: z.array(row) });
}

/** One page of a list. */
export interface Page<Row> {
  count: number;
  num_pages: number;
  data: Row[];
}
