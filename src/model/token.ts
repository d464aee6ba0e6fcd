/** True for what a token of SOAR's can be: visible ASCII, so that it can stand in a header as it is. */
export function isToken(text: string): boolean {
  return /^[\x21-\x7e]+$/.test(text);
}
