import { z } from 'zod';
import { idSchema, jsonObjectSchema, optionalIdSchema, optionalTextSchema } from './fields.js';

/** A piece of evidence in a container: a row of `/rest/artifact`. `cef` has its fields by their CEF names, as `sourceAddress`. */
export const artifactSchema = z.looseObject({
  id: idSchema,
  container: optionalIdSchema,
  name: optionalTextSchema,
  cef: jsonObjectSchema.nullish(),
});

/** {@link artifactSchema} as a type. */
export type Artifact = z.infer<typeof artifactSchema>;
