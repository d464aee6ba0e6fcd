import { z } from 'zod';

/** How SOAR says no, whatever the HTTP status: `{"failed": true, "message": "…"}`. There are no codes. */
export const errorEnvelopeSchema = z.looseObject({
  failed: z.literal(true),
  message: z.preprocess(asText, z.string()),
});

/** A refusal counts whatever its message looks like: a list or an object of messages as its JSON. */
function asText(message: unknown): string {
  if (message === null || message === undefined) return '';
  return typeof message === 'string' ? message : JSON.stringify(message);
}
