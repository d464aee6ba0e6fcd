/** The longest wait we take from a server's word, in milliseconds: one hour. */
export const MAX_RETRY_AFTER_MS = 3_600_000;

/**
 * Reads a Retry-After header (RFC 9110, 10.2.3): whole seconds or an HTTP date. Of several headers the longest wait
 * counts, so that nobody is called early. Undefined for anything else, negative numbers included.
 *
 * @param header the header's value or values, as they came
 * @param nowMs the server's own clock (its Date header) where it is known, else ours, in milliseconds since 1970
 */
export function parseRetryAfter(header: string | readonly string[] | undefined, nowMs: number): number | undefined {
  const lines = typeof header === 'string' ? [header] : (header ?? []);
  // A proxy may have joined several headers to one: "1, 4". A date has a comma of its own.
  const values = lines.flatMap((line) => (/^[\d\s,]+$/.test(line) ? line.split(',') : [line]));
  const waits = values.map((value) => waitOf(value.trim(), nowMs)).filter((wait) => wait !== undefined);
  return waits.length === 0 ? undefined : Math.min(Math.max(...waits), MAX_RETRY_AFTER_MS);
}

/** Reads an HTTP date as milliseconds since 1970; undefined where it is none. */
export function parseHttpDate(text: string): number | undefined {
  // Date.parse also takes "1" and other text that is no HTTP date, and reads the old C form in local time.
  if (!/^[A-Z][a-z]{2,8},? .*\d\d:\d\d:\d\d/.test(text)) return undefined;
  const parsedMs = Date.parse(text.endsWith('GMT') ? text : `${text} GMT`);
  return Number.isNaN(parsedMs) ? undefined : parsedMs;
}

function waitOf(value: string, nowMs: number): number | undefined {
  if (/^\d+$/.test(value)) return Number(value) * 1_000;
  const atMs = parseHttpDate(value);
  return atMs === undefined ? undefined : Math.max(0, atMs - nowMs);
}
