import { z } from 'zod';

/**
 * The body of `POST /rest/approval/<id>`. The page documents only GET; this is what the product's own Approve button sends,
 * so its other fields are tolerated.
 */
export const answerSchema = z.object({
  status: z.enum(['approve', 'deny']),
  responses: z.array(z.string()).default([]),
});
