/**
 * SOAR writes timestamps in UTC with six decimals, for example `2016-01-15T22:15:58.062000Z` (REST Run Action, sample of
 * `GET /rest/action_run/<id>`). The last three are always zero here: the clock counts milliseconds.
 *
 * @param atMs milliseconds since 1970
 */
export function soarTime(atMs: number): string {
  return new Date(atMs).toISOString().replace('Z', '000Z');
}

/** The inverse of {@link soarTime}: milliseconds since 1970. */
export function millisOf(time: string): number {
  return Date.parse(time);
}
