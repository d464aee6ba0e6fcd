import { isLosslessNumber } from 'lossless-json';
import { parseJson } from './lossless.js';

/** A value that is a row, or why there is none in its place; with the text of its line, if it has one. */
export type JsonRow = ({ readonly value: unknown } | { readonly problem: string }) & { readonly text?: string };

/** A JSON object, or `undefined`. */
export function asObject(value: unknown): Record<string, unknown> | undefined {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject && !isLosslessNumber(value) ? (value as Record<string, unknown>) : undefined;
}

/**
 * The value under a name: as it stands, without regard to case, or as a path through objects, as `source.ip`. A path through a
 * list gives what its members have; one into a text goes on in the JSON that the text is.
 */
export function fieldOf(value: unknown, name: string): unknown {
  if (typeof value === 'string') return fieldOf(jsonIn(value), name);
  if (Array.isArray(value)) {
    const found = value.map((member: unknown) => fieldOf(member, name)).filter((one) => one !== undefined);
    return found.length > 0 ? found.flat() : undefined;
  }
  const object = asObject(value);
  if (!object) return undefined;
  const key = keyOf(object, name);
  if (key !== undefined) return object[key];
  for (let dot = name.indexOf('.'); dot > 0; dot = name.indexOf('.', dot + 1)) {
    const first = keyOf(object, name.slice(0, dot));
    const found = first === undefined ? undefined : fieldOf(object[first], name.slice(dot + 1));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The object or list that a text is in JSON; `undefined` for any other text. */
export function jsonIn(text: string): object | undefined {
  if (!/^\s*(?:\{\s*["}]|\[)/.test(text)) return undefined;
  try {
    const value = parseJson(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

function keyOf(object: Record<string, unknown>, name: string): string | undefined {
  if (Object.hasOwn(object, name)) return name;
  const lower = name.toLowerCase();
  return Object.keys(object).find((key) => key.toLowerCase() === lower);
}

/** Elasticsearch keeps what it found in here, and facts about the search beside it. */
const SOURCE = '_source';

/** A row's fields: those of a search's hit are the document's, and the hit's own behind them. */
export function hoisted(fields: Record<string, unknown>): Record<string, unknown> {
  const source = Object.hasOwn(fields, SOURCE) ? asObject(fields[SOURCE]) : undefined;
  if (!source) return fields;
  const { [SOURCE]: _source, ...hit } = fields;
  return { ...source, ...hit, ...source };
}

/** True for a list that is one row: its values are named by their places. */
export function isTuple(value: unknown, column: string): value is unknown[] {
  return (
    Array.isArray(value) && /^\d+$/.test(column) && !value.some((member) => asObject(member) ?? Array.isArray(member))
  );
}
