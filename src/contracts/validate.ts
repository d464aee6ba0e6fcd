import { z } from 'zod';
import { isDeeperThan, isObject, MAX_INPUT_DEPTH, NESTED_TOO_DEEP, PROTO_FIELD, protoFieldIn } from '../model/json.js';
import { cut, nearest } from '../model/text.js';

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

/** A field's name is somebody's text, too: a problem is said in a failure, which Temporal takes up to some size. */
const MAX_PATH_CHARACTERS = 200;
const MAX_PROBLEM_CHARACTERS = 1_000;

/** {@link checkWith} for what a caller sends. */
export function checkInputWith<T>(schema: z.ZodType<T>): Check<T> {
  const check = checkWith(schema);
  return (value) => {
    // The items of a batch, or a request among arguments, stand a level deeper than by themselves.
    if (isDeeperThan(value, MAX_INPUT_DEPTH + 1)) return { ok: false, problems: [NESTED_TOO_DEEP] };
    const path = protoFieldIn(value);
    return path === undefined ? check(value) : { ok: false, problems: [`${z.core.toDotPath(path)}: ${PROTO_FIELD}`] };
  };
}

/** One problem as `targets[0].app_id: …`. The text names fields and types, never the value that was found. */
function describe(issue: z.core.$ZodIssue): string {
  const path = cut(z.core.toDotPath(issue.path), MAX_PATH_CHARACTERS);
  return cut(path === '' ? issue.message : `${path}: ${issue.message}`, MAX_PROBLEM_CHARACTERS);
}

/** An optional field: `null` counts as absent, because typed clients of other languages send it for what was not set. */
export function absentIfNull<T extends z.ZodType>(schema: T) {
  return schema.nullish().transform((value) => value ?? undefined);
}

/** An option with its default. */
export function withDefault<T extends z.ZodType>(schema: T, fallback: z.output<T>) {
  return schema.nullish().transform((value): z.output<T> => value ?? fallback);
}

const AS_READ = new Intl.NumberFormat('en-US');

/** A number as people read it: `1,000`. */
export function numberText(value: number): string {
  return AS_READ.format(value);
}

/** `0 to 1,000`, as descriptions and messages say it. */
export function range(min: number, max: number): string {
  return `${numberText(min)} to ${numberText(max)}`;
}

/** A whole number from `min` to `max`; the message names the range, and what was given. */
export function count(min: number, max: number): z.ZodInt {
  return z.int({ error: 'must be a whole number' }).superRefine((value, context) => {
    if (value >= min && value <= max) return;
    context.addIssue({ code: 'custom', message: `must be ${range(min, max)}, was ${value}` });
  });
}

type NameCheck = z.core.$ZodCheck<Readonly<Record<string, unknown>>>;

/**
 * Refuses a field that is nearly one of `known`, and one that belongs elsewhere: it would be handed on and do nothing. Says so
 * also if other fields are wrong: a field that is missing has often been given under such a name.
 *
 * @param elsewhere names that are known in another place, and that place
 */
export function refuseNearNames(known: readonly string[], elsewhere: Readonly<Record<string, string>> = {}): NameCheck {
  return eachOtherName(known, (name, meant) => {
    if (Object.hasOwn(elsewhere, name)) return `belongs to ${String(elsewhere[name])}`;
    if (meant !== undefined) return `is not known; did you mean ${meant}?`;
    const there = nearest(name, Object.keys(elsewhere));
    return there && `is not known; did you mean ${there}, which belongs to ${String(elsewhere[there])}?`;
  });
}

/** Refuses every field that is not one of `known`. */
export function refuseOtherNames(known: readonly string[]): NameCheck {
  return eachOtherName(known, (_name, meant) =>
    meant ? `is not known; did you mean ${meant}?` : `is not known; there are: ${known.join(', ')}`,
  );
}

function eachOtherName(
  known: readonly string[],
  problemOf: (name: string, meant: string | undefined) => string | undefined,
): NameCheck {
  const check = z.core._check<Readonly<Record<string, unknown>>>(({ value, issues }) => {
    const others = isObject(value) ? Object.keys(value).filter((key) => !known.includes(key)) : [];
    for (const name of others) {
      const message = problemOf(name, nearest(name, known));
      if (message !== undefined) issues.push({ code: 'custom', path: [name], message, input: value, continue: true });
    }
  });
  check._zod.def.when = () => true;
  return check;
}
