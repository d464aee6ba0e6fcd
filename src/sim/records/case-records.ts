import { z } from 'zod';

const jsonObject = z.record(z.string(), z.unknown());

/** A piece of evidence in a container. */
export const artifactSchema = z.object({
  id: z.int(),
  container: z.int(),
  name: z.string().min(1).default('artifact'),
  label: z.string().default('event'),
  type: z.string().nullable().default(null),
  severity: z.string().default('medium'),
  description: z.string().default(''),
  source_data_identifier: z.string().nullable().default(null),
  cef: jsonObject.default({}),
  cef_types: jsonObject.default({}),
  data: jsonObject.default({}),
  tags: z.array(z.string()).default([]),
  create_time: z.string(),
  update_time: z.string(),
  version: z.int().default(1),
});

/** A note on a container. */
export const noteSchema = z.object({
  id: z.int(),
  container: z.int(),
  author: z.int().nullable(),
  title: z.string().default(''),
  content: z.string(),
  note_type: z.string().default('general'),
  note_format: z.string().default('markdown'),
  phase: z.int().nullable().default(null),
  task: z.int().nullable().default(null),
  create_time: z.string(),
  modified_time: z.string(),
  version: z.int().default(1),
});

/** A comment on a container. */
export const commentSchema = z.object({
  id: z.int(),
  container: z.int(),
  user: z.int().nullable(),
  comment: z.string().min(1),
  time: z.string(),
  version: z.int().default(1),
});

/** A custom list: rows of cells, found by id or by name. */
export const decidedListSchema = z.object({
  id: z.int(),
  name: z.string().min(1),
  content: z.array(z.array(z.union([z.string(), z.number(), z.null()]))).default([]),
  create_time: z.string(),
  modified_time: z.string(),
  version: z.int().default(1),
});
