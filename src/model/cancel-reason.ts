const MAX_REASON_CHARACTERS = 1_000;

/** The reason in a cancel signal's argument: a string, `{ reason }`, or nothing. Other callers' arguments are never an error. */
export function readCancelReason(argument: unknown): string | undefined {
  const reason: unknown =
    typeof argument === 'object' && argument !== null && 'reason' in argument ? argument.reason : argument;
  return typeof reason === 'string' && reason !== '' ? reason.slice(0, MAX_REASON_CHARACTERS) : undefined;
}
