import { z } from 'zod';

/** An installed app, as `/rest/app` lists it. */
export const appSchema = z.object({
  id: z.int(),
  name: z.string(),
  appid: z.guid(),
  app_version: z.string(),
  description: z.string(),
  disabled: z.boolean(),
  product_name: z.string(),
  product_vendor: z.string(),
  publisher: z.string(),
  type: z.string(),
  version: z.int(),
});
export type App = z.infer<typeof appSchema>;

/** One action of an app, as `/rest/app_action` and `/rest/app/<id>/actions` list it. */
export const appActionSchema = z.object({
  id: z.int(),
  action: z.string(),
  app: z.int(),
  type: z.string(),
  description: z.string(),
  identifier: z.string(),
  read_only: z.boolean(),
  parameters: z.record(z.string(), z.object({ required: z.boolean(), data_type: z.string() })),
  version: z.int(),
});
export type AppAction = z.infer<typeof appActionSchema>;
