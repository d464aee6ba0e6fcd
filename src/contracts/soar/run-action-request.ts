import { z } from 'zod';
import { checkWith } from './check.js';

/** The longest delay: ten years. */
const MAX_DELAY_SECS = 10 * 365 * 86_400;

const text = (meaning: string) =>
  z.string({ error: `must be text: ${meaning}` }).regex(/\S/, `must not be empty: ${meaning}`);

const CONTAINER_ID = 'must be the number of a container: a positive integer, or the same as digits in a string';
const containerIdSchema = z.union([z.int().positive(CONTAINER_ID), z.string().regex(/^0*[1-9]\d*$/, CONTAINER_ID)], {
  error: CONTAINER_ID,
});

const APP_ID = 'must be the id of the app: its number, its number in a string, or its GUID';
const appIdSchema = z.union([z.int().nonnegative(APP_ID), z.string().regex(/\S/, APP_ID)], { error: APP_ID });

const ASSET = 'must be an asset: its id or its name';
const assetSchema = z.union([z.int().nonnegative(ASSET), z.string().regex(/\S/, ASSET)], { error: ASSET });

const parameterSetSchema = z.record(z.string(), z.unknown(), {
  error: 'must be an object: one set of parameters, as {"ip": "192.0.2.1"}',
});

/** One combination of app, assets and parameter sets. At least one of `assets` and `parameters` has an entry. */
const runActionTargetSchema = z
  .looseObject(
    {
      app_id: appIdSchema,
      assets: z.array(assetSchema, { error: 'must be a list of asset ids or names' }).optional(),
      parameters: z.array(parameterSetSchema, { error: 'must be a list of parameter sets' }).optional(),
    },
    { error: 'must be an object with app_id, assets and parameters' },
  )
  .refine((target) => Boolean(target.assets?.length) || Boolean(target.parameters?.length), {
    error: 'must have at least one asset or one set of parameters',
  });

/**
 * The body of `POST /rest/action_run`. Strict about the documented fields, because a mistake here is a mistake of ours:
 * SOAR answers 200 to a wrong `app_id` and fails the run later. Fields that are not documented are kept and sent.
 * `type` is free text: the reference page itself sends `investigative`, which is none of the product's own types.
 */
export const runActionRequestSchema = z.looseObject(
  {
    action: text('the name of the action, as "geolocate ip"'),
    container_id: containerIdSchema,
    name: text('a name for this action run'),
    targets: z
      .array(runActionTargetSchema, { error: 'must be a list of targets, each with app_id, assets and parameters' })
      .min(1, 'must have at least one target'),
    type: z.string({ error: 'must be text, as "investigate"' }).optional(),
    exec_delay_secs: z
      .int({ error: 'must be a whole number of seconds' })
      .nonnegative('must not be negative: seconds to wait before the action runs')
      .max(MAX_DELAY_SECS, `must be at most ${MAX_DELAY_SECS} seconds, which are ten years`)
      .optional(),
  },
  { error: 'must be a JSON object: the body of POST /rest/action_run' },
);

/** {@link runActionRequestSchema} as a type. */
export type RunActionRequest = z.infer<typeof runActionRequestSchema>;

/** The outcome of {@link parseRunActionRequest}. */
export type ParsedRunActionRequest =
  { readonly ok: true; readonly request: RunActionRequest } | { readonly ok: false; readonly problems: string[] };

const checkRunActionRequest = checkWith(runActionRequestSchema);

/**
 * Checks what a caller wants to POST. Never throws; each problem reads `targets[0].app_id: must be …` and says what
 * would be right, without repeating the value.
 */
export function parseRunActionRequest(value: unknown): ParsedRunActionRequest {
  const checked = checkRunActionRequest(value);
  return checked.ok ? { ok: true, request: checked.value } : checked;
}
