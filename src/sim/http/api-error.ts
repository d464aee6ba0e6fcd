import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { z } from 'zod';

/** An answer in SOAR's error envelope, `{"failed": true, "message": …}`, with its HTTP status and any other fields. */
export class ApiError extends Error {
  constructor(
    readonly status: ContentfulStatusCode,
    message: string,
    readonly fields: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
    this.name = 'ApiError';
  }
}

/** Reads a body by its schema. Throws an {@link ApiError} of status 400 that names the first field that does not fit. */
export function parseFields<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body);
  if (!parsed.success) throw badField(parsed.error);
  return parsed.data;
}

/** 400 that names the first field that does not fit. */
export function badField(error: z.ZodError): ApiError {
  const issue = error.issues[0];
  return new ApiError(400, issue ? `${issue.path.join('.') || 'body'}: ${issue.message}` : 'The body does not fit');
}
