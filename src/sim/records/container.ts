import { z } from 'zod';

/** A case or an event that actions run against. The product has more fields than these; a body may name them, but they are not kept. */
export const containerSchema = z.object({
  id: z.int(),
  name: z.string().min(1),
  label: z.string().min(1),
  status: z.string().default('new'),
  severity: z.string().default('medium'),
  sensitivity: z.string().default('amber'),
  description: z.string().default(''),
  container_type: z.string().default('default'),
  source_data_identifier: z.string().nullable().default(null),
  owner: z.int().nullable().default(null),
  tags: z.array(z.string()).default([]),
  data: z.record(z.string(), z.unknown()).default({}),
  custom_fields: z.record(z.string(), z.unknown()).default({}),
  create_time: z.string(),
  start_time: z.string(),
  close_time: z.string().nullable().default(null),
  due_time: z.string().nullable().default(null),
  version: z.int().default(1),
});
