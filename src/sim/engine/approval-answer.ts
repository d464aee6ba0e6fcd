import { z } from 'zod';
import { badField } from '../http/api-error.js';

/**
 * The body of `POST /rest/approval/<id>`. The page documents only GET; this is what the product's own Approve button sends,
 * so its other fields are tolerated.
 */
const answerSchema = z.object({
  status: z.enum(['approve', 'deny']),
  responses: z.array(z.string()).default([]),
});
/** What somebody answered. */
export type ApprovalAnswer = z.infer<typeof answerSchema>;

/** Reads the body; throws an {@link ApiError} of status 400 where it does not fit. */
export function readAnswer(body: unknown): ApprovalAnswer {
  const parsed = answerSchema.safeParse(body);
  if (!parsed.success) throw badField(parsed.error);
  return parsed.data;
}
