import { z } from 'zod';
import { jsonObject } from './records.js';

const optionalId = z.int().nullable().default(null);
const optionalText = z.string().nullable().default(null);
const tags = z.array(z.string()).default([]);
const version = z.int().default(1);

/** A case or an event that actions run against. A body may name the product's other fields; they are not kept. */
export const containerSchema = z.object({
  id: z.int(),
  name: z.string().min(1),
  label: z.string().min(1),
  status: z.string().default('new'),
  severity: z.string().default('medium'),
  sensitivity: z.string().default('amber'),
  description: z.string().default(''),
  container_type: z.string().default('default'),
  source_data_identifier: optionalText,
  owner: optionalId,
  tags,
  data: jsonObject.default({}),
  custom_fields: jsonObject.default({}),
  create_time: z.string(),
  start_time: z.string(),
  close_time: optionalText,
  due_time: optionalText,
  version,
});

/** A piece of evidence in a container. */
export const artifactSchema = z.object({
  id: z.int(),
  container: z.int(),
  name: z.string().min(1).default('artifact'),
  label: z.string().default('event'),
  type: optionalText,
  severity: z.string().default('medium'),
  description: z.string().default(''),
  source_data_identifier: optionalText,
  cef: jsonObject.default({}),
  cef_types: jsonObject.default({}),
  data: jsonObject.default({}),
  tags,
  create_time: z.string(),
  update_time: z.string(),
  version,
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
  phase: optionalId,
  task: optionalId,
  create_time: z.string(),
  modified_time: z.string(),
  version,
});

/** A comment on a container. */
export const commentSchema = z.object({
  id: z.int(),
  container: z.int(),
  user: z.int().nullable(),
  comment: z.string().min(1),
  time: z.string(),
  version,
});

/** Rows of a custom list. */
export const listRowsSchema = z.array(z.array(z.union([z.string(), z.number(), z.null()])));

/** A custom list, found by id or by name. */
export const decidedListSchema = z.object({
  id: z.int(),
  name: z.string().min(1),
  content: listRowsSchema.default([]),
  create_time: z.string(),
  modified_time: z.string(),
  version,
});
