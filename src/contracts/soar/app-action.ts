import { z } from 'zod';
import { idSchema, optionalIdSchema, optionalTextSchema } from './fields.js';

/** What an app says about one parameter of an action. */
const appActionParameterSchema = z.looseObject({
  required: z.boolean().nullish(),
  data_type: optionalTextSchema,
});

/** A row of `/rest/app_action`: one action an installed app offers. `read_only` actions change nothing outside SOAR. */
export const appActionSchema = z.looseObject({
  id: idSchema,
  action: z.string(),
  app: optionalIdSchema,
  type: optionalTextSchema,
  description: optionalTextSchema,
  identifier: optionalTextSchema,
  read_only: z.boolean().nullish(),
  parameters: z.record(z.string(), appActionParameterSchema).nullish(),
});

/** {@link appActionSchema} as a type. */
export type AppAction = z.infer<typeof appActionSchema>;
