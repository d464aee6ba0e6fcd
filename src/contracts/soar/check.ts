import { z } from 'zod';
import { wellFormed } from '../../model/text.js';

/** What a check says: the typed value, or every problem as a sentence that starts with the path of the field. */
export type Checked<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problems: string[] };

/** Checks a value that came from outside. Never throws. */
export type Check<T> = (value: unknown) => Checked<T>;

/** Turns a schema into a {@link Check}, so that the folders that use the contract need not know zod. */
export function checkWith<T>(schema: z.ZodType<T>): Check<T> {
  return (value) => {
    const result = schema.safeParse(value);
    return result.success
      ? { ok: true, value: result.data }
      : { ok: false, problems: result.error.issues.map(describe) };
  };
}

/** One problem as `targets[0].app_id: …`. The text names fields and types, never the value that was found. */
function describe(issue: z.core.$ZodIssue): string {
  const path = z.core.toDotPath(issue.path);
  return wellFormed(path === '' ? issue.message : `${path}: ${issue.message}`);
}
