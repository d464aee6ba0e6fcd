/** The error at the bottom: a child workflow's or an activity's own, not Temporal's wrapping of it. */
export function rootCause(error: unknown): Error {
  if (error instanceof Error && error.cause instanceof Error) return rootCause(error.cause);
  return error instanceof Error ? error : new Error(String(error));
}
