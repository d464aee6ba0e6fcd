import { z } from 'zod';

/**
 * The server's own bookkeeping, not a SOAR object: the work of one target on one asset (null: on none). `queued` waits for the
 * asset's `concurrency_limit`; `stopped` was cut short by a cancel. Times are in milliseconds since 1970.
 */
export const jobSchema = z.object({
  id: z.int(),
  actionRun: z.int(),
  targetIndex: z.int(),
  app: z.int(),
  asset: z.int().nullable(),
  state: z.enum(['queued', 'running', 'done', 'stopped']),
  startedAtMs: z.number().nullable(),
  endsAtMs: z.number().nullable(),
});
export type Job = z.infer<typeof jobSchema>;
