/** The types of JSON, with whole numbers and ISO 8601 times told apart. */
export type JsonType = 'string' | 'time' | 'integer' | 'number' | 'boolean' | 'null' | 'array' | 'object';

/** Every field of a body by its path, as `data[].id`, with every type found there. */
export type Fields = ReadonlyMap<string, ReadonlySet<JsonType>>;

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

/** The fields of one or several bodies of the same kind. The body itself has no path and is not among them. */
export function fieldsOf(...bodies: readonly unknown[]): Fields {
  const found = new Map<string, Set<JsonType>>();
  for (const body of bodies) collect(body, '', found);
  found.delete('');
  return found;
}

/** The type of one JSON value. */
function typeOf(value: unknown): JsonType {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  if (typeof value === 'string') return TIME.test(value) ? 'time' : 'string';
  return typeof value === 'boolean' ? 'boolean' : 'object';
}

/** Whether a value of type `type` may stand where the types of `allowed` may. */
export function isAllowed(type: JsonType, allowed: ReadonlySet<JsonType>): boolean {
  if (type === 'integer') return allowed.has('integer') || allowed.has('number');
  return allowed.has(type) || (type === 'time' && allowed.has('string'));
}

function collect(value: unknown, path: string, found: Map<string, Set<JsonType>>): void {
  found.set(path, (found.get(path) ?? new Set()).add(typeOf(value)));
  if (Array.isArray(value)) for (const item of value) collect(item, `${path}[]`, found);
  else if (typeof value === 'object' && value !== null) {
    for (const [key, item] of Object.entries(value)) collect(item, path === '' ? key : `${path}.${key}`, found);
  }
}
