import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { z } from 'zod';

/** An answer in SOAR's error envelope, `{"failed": true, "message": …}`, with its HTTP status and any fields beside. */
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

/** 400 that names the first field that does not fit. */
export function badField(error: z.ZodError): ApiError {
  const issue = error.issues[0];
  return new ApiError(400, issue ? `${issue.path.join('.') || 'body'}: ${issue.message}` : 'The body does not fit');
}

/** 404 for an id that is not there. The product's text is unknown; this is ours. */
export function noSuchRecord(resource: string, id: number | string): ApiError {
  return new ApiError(404, `${resource} ${id} not found`);
}
