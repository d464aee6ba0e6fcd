import { z } from 'zod';

const object = z.record(z.string(), z.unknown());
const list = z.object({ count: z.number(), num_pages: z.number(), data: z.array(object) });

/** A JSON object; throws where the value is none. */
export function objectOf(value: unknown): Record<string, unknown> {
  return object.parse(value);
}

/** A list in SOAR's envelope; throws where the value is none. */
export function listOf(value: unknown): z.infer<typeof list> {
  return list.parse(value);
}

/** A field that holds a number; throws where it does not. */
export function numberAt(value: unknown, field: string): number {
  return z.number().parse(objectOf(value)[field]);
}

/** The ids of the rows of a list. */
export function idsOf(value: unknown): number[] {
  return listOf(value).data.map((row) => numberAt(row, 'id'));
}
