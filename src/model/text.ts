/** The most a text of SOAR's takes in a payload of its own: it is untrusted and may be megabytes. */
export const MAX_ANSWER_CHARACTERS = 2_000;

/** Cuts a long text and says how much is missing. */
export function cut(text: string, maxCharacters: number): string {
  if (text.length <= maxCharacters) return wellFormed(text);
  return wellFormed(`${text.slice(0, maxCharacters)}… (${text.length - maxCharacters} more characters)`);
}

/**
 * Half a character, as a cut through one leaves it, becomes U+FFFD. In the message of a failure it would end the worker: a
 * short text goes to Temporal's core as it is, which takes UTF-8 alone (seen with SDK 1.24).
 */
export function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\ufffd');
}

/** The value where it is text, else the fallback: for input that nobody has checked yet. */
export function textOr(value: unknown, fallback: string): string {
  return typeof value === 'string' ? value : fallback;
}

/** How many bytes a value takes as JSON in UTF-8. */
export function jsonBytes(value: unknown): number {
  return new TextEncoder().encode(JSON.stringify(value)).length;
}
