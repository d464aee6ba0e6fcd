/** Takes secrets out of a text from outside, also where they come back escaped for a URL or for JSON. */
export function redact(text: string, secrets: readonly string[]): string {
  const spellings = secrets.flatMap((secret) => [
    secret,
    encodeURIComponent(secret),
    JSON.stringify(secret).slice(1, -1),
  ]);
  return spellings.reduce((rest, spelling) => rest.replaceAll(spelling, '[redacted]'), text);
}
