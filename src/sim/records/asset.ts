import { z } from 'zod';

/**
 * A configured instance of an app's product. Fields: the `asset` object of the approval detail view, `app`, and
 * `concurrency_limit` (null is no limit). `approver` and `reviewer` are our own names for the user ids of those who are asked
 * before an action that is not read-only runs here (null asks nobody).
 */
export const assetSchema = z.object({
  id: z.int(),
  name: z.string().min(1).toLowerCase(),
  app: z.int().nullable().default(null),
  approver: z.int().nullable().default(null),
  reviewer: z.int().nullable().default(null),
  concurrency_limit: z.int().positive().nullable().default(null),
  action_whitelist: z.record(z.string(), z.unknown()).default({}),
  validation: z.record(z.string(), z.unknown()).default({}),
  tenants: z.array(z.unknown()).default([]),
  description: z.string().default(''),
  tags: z.array(z.string()).default([]),
  type: z.string().default(''),
  primary_voting: z.int().default(0),
  product_version: z.string().default(''),
  effective_user: z.int().nullable().default(null),
  product_name: z.string().default(''),
  disabled: z.boolean().default(false),
  token: z.string().nullable().default(null),
  version: z.int().default(1),
  secondary_voting: z.int().default(0),
  configuration: z.record(z.string(), z.unknown()).default({}),
  product_vendor: z.string().default(''),
});
export type Asset = z.infer<typeof assetSchema>;
