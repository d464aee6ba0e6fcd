import { z } from 'zod';
import { actionRunTargetSchema } from './action-run.js';
import { jsonObjectSchema, optionalIdSchema, optionalTextSchema, timestampSchema } from './fields.js';

/** What both views of the detail have in common; which fields come depends on `notification_type`. */
const commonFields = {
  action_name: optionalTextSchema,
  action_type: optionalTextSchema,
  container_id: z.union([z.number(), z.string()]).nullish(),
  container_name: optionalTextSchema,
  due_time: timestampSchema,
  next_owner: optionalTextSchema,
  notification_type: z.string(),
  owner: optionalTextSchema,
  playbook_name: optionalTextSchema,
  playbook_repo: optionalTextSchema,
  prompt: z.unknown().optional(),
  time_left: z.union([z.number(), z.string()]).nullish(),
  type: optionalTextSchema,
  update_time: timestampSchema,
};

/** The fields of the asset that tell a person which asset it is. */
const assetFields = {
  id: optionalIdSchema,
  name: optionalTextSchema,
  type: optionalTextSchema,
  description: optionalTextSchema,
  product_name: optionalTextSchema,
  product_vendor: optionalTextSchema,
  product_version: optionalTextSchema,
  disabled: z.boolean().nullish(),
};

/** The asset as SOAR sends it, `configuration` with its keys included. */
const approvalAssetWireSchema = z.looseObject({
  ...assetFields,
  action_whitelist: jsonObjectSchema.nullish(),
  configuration: jsonObjectSchema.nullish(),
  effective_user: optionalIdSchema,
  primary_voting: z.number().nullish(),
  secondary_voting: z.number().nullish(),
  tags: z.array(z.unknown()).nullish(),
  tenants: z.array(z.unknown()).nullish(),
  token: z.unknown().optional(),
  validation: jsonObjectSchema.nullish(),
  version: z.number().nullish(),
});

/**
 * `GET /rest/approval/<id>/detail_summary_view` as it is on the wire, for all four notification types (`approvals`,
 * `prompts`, `manual tasks`, `action reviews`). It carries the asset's secrets: read it only to make an
 * {@link approvalDetailSchema} of it.
 */
export const approvalDetailWireSchema = z.looseObject({
  ...commonFields,
  asset: approvalAssetWireSchema.nullish(),
  notification_targets: z.array(actionRunTargetSchema).nullish(),
});

/**
 * The part of the detail that may leave the process that read it: an allow-list. Everything that is not named here is
 * dropped, so a secret in a field nobody has heard of is dropped too. The parameter sets stay: they are what the person
 * is asked about, and the caller's own.
 */
export const approvalDetailSchema = z.object({
  ...commonFields,
  asset: z.object(assetFields).nullish(),
  notification_targets: z
    .array(
      z.object({
        app_id: actionRunTargetSchema.shape.app_id,
        assets: actionRunTargetSchema.shape.assets,
        parameters: actionRunTargetSchema.shape.parameters,
      }),
    )
    .nullish(),
});

/** {@link approvalDetailSchema} as a type. */
export type ApprovalDetail = z.infer<typeof approvalDetailSchema>;
