/** Any SOAR object as the store and the query engine see it: an id, and fields that hold plain JSON. */
export interface SoarRecord {
  readonly id: number;
  readonly [field: string]: unknown;
}

/** An object of JSON values whose fields are not known beforehand, such as one set of action parameters. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** True for an object that is neither an array nor null. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
