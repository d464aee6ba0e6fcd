import { z } from 'zod';

/** `GET /rest/version`: `{"version": "6.4.0.1"}`. The usual connection check. */
export const versionSchema = z.looseObject({ version: z.string() });

/** {@link versionSchema} as a type. */
export type Version = z.infer<typeof versionSchema>;
