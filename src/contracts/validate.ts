import { distance } from 'fastest-levenshtein';
import { z } from 'zod';
import { wellFormed } from '../model/text.js';

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

/** An optional field: `null` counts as absent, because typed clients of other languages send it for what was not set. */
export function absentIfNull<T extends z.ZodType>(schema: T) {
  return schema.nullish().transform((value) => value ?? undefined);
}

/** An option with its default. */
export function withDefault<T extends z.ZodType>(schema: T, fallback: z.output<T>) {
  return schema.nullish().transform((value): z.output<T> => value ?? fallback);
}

type Refinement = (value: Readonly<Record<string, unknown>>, context: z.core.$RefinementCtx) => void;

/**
 * Refuses a field that is nearly one of `known`, and one that belongs elsewhere: it would be handed on and do nothing.
 *
 * @param elsewhere names that are known in another place, and that place
 */
export function refuseNearNames(
  known: readonly string[],
  elsewhere: Readonly<Record<string, string>> = {},
): Refinement {
  return (value, context) => {
    for (const name of Object.keys(value).filter((key) => !known.includes(key))) {
      const meant = nearest(name, known);
      const place = Object.hasOwn(elsewhere, name) ? elsewhere[name] : undefined;
      if (place !== undefined) addIssue(context, name, `belongs to ${place}`);
      else if (meant !== undefined) addIssue(context, name, `is not known; did you mean ${meant}?`);
    }
  };
}

/** Refuses every field that is not one of `known`. */
export function refuseOtherNames(known: readonly string[]): Refinement {
  return (value, context) => {
    for (const name of Object.keys(value).filter((key) => !known.includes(key))) {
      const meant = nearest(name, known);
      addIssue(
        context,
        name,
        meant ? `is not known; did you mean ${meant}?` : `is not known; there are: ${known.join(', ')}`,
      );
    }
  };
}

function addIssue(context: z.core.$RefinementCtx, name: string, message: string): void {
  context.addIssue({ code: 'custom', path: [name], message });
}

/** The known name that differs by case, underscores, a plural or one letter. */
function nearest(name: string, known: readonly string[]): string | undefined {
  const plain = (text: string): string =>
    text
      .toLowerCase()
      .replace(/[^a-z0-9]/g, '')
      .replace(/s$/, '');
  return known.find(
    (candidate) => plain(candidate) === plain(name) || (name.length >= 4 && distance(candidate, name) <= 1),
  );
}
