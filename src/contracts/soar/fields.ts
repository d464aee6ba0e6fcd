import { z } from 'zod';

/** A number SOAR's database gave out: the `id` of a record, or a reference to one. */
export const idSchema = z.int();

/** A reference that the samples also show as `null`, or leave out. */
export const optionalIdSchema = idSchema.nullish();

/** An ISO 8601 UTC time with microseconds, as text. Not parsed here: `null` while the moment has not come. */
export const timestampSchema = z.string().nullish();

/** A text that is nice to have. */
export const optionalTextSchema = z.string().nullish();

/** A JSON object whose content belongs to an app or to the product. */
export const jsonObjectSchema = z.record(z.string(), z.unknown());

/** The `message` of a resource: always a string for us, empty where SOAR sends `null` or nothing. */
export const messageSchema = z.preprocess((value) => value ?? '', z.string());
