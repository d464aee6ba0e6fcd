import { accessSync, constants } from 'node:fs';
import { z } from 'zod';
import { DEFAULT_TASK_QUEUE } from '../model/names.js';

const flag = z.enum(['true', 'false'], { error: 'must be true or false' }).transform((text) => text === 'true');

const count = z
  .string()
  .regex(/^[1-9]\d{0,8}$/, 'must be a positive whole number')
  .transform(Number);

const httpUrl = z
  .string({ error: 'must be set, to an address such as https://soar.example.com' })
  .refine((text) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol), {
    error: 'must be an address such as https://soar.example.com',
    abort: true,
  })
  .refine((text) => new URL(text).username === '' && new URL(text).password === '', {
    error: 'must not carry a user or a password; use SOAR_USERNAME and SOAR_PASSWORD',
  });

/**
 * Every environment variable that is ours: this one table is parsed by, and `.env.example` and `docs/configuration.md`
 * are made from it. Temporal's own (`TEMPORAL_ADDRESS` and so on) are read by Temporal's library.
 */
export const settingsSchema = z.object({
  SOAR_BASE_URL: httpUrl.describe('Address of SOAR, without /rest.'),
  SOAR_AUTH_TOKEN: z.string().optional().describe('Token of a SOAR automation user, sent as ph-auth-token.'),
  SOAR_AUTH_TOKEN_FILE: z
    .string()
    .optional()
    .describe('File that holds the token instead; read again when it changes.'),
  SOAR_USERNAME: z.string().optional().describe('User name for Basic authentication, instead of a token.'),
  SOAR_PASSWORD: z.string().optional().describe('Password for Basic authentication.'),
  SOAR_CA_FILE: z
    .string()
    .refine(canBeRead, 'must name a file that can be read')
    .optional()
    .describe('PEM file of the authority that signed SOAR’s certificate, where it is not a public one.'),
  SOAR_TLS_VERIFY: flag
    .default(true)
    .describe('false accepts any certificate of SOAR; a warning is logged at every start.'),
  SOAR_MAX_CONNECTIONS: count.default(32).describe('Connections to SOAR that one worker process keeps at most.'),
  SOAR_MAX_REQUESTS_PER_SECOND: count
    .optional()
    .describe(
      'Requests a second to SOAR, shared by all workers of the task queue; set the same for each. Default: no limit.',
    ),
  SOAR_ORPHANS: z
    .enum(['cancel', 'report', 'off'], { error: 'must be cancel, report or off' })
    .default('cancel')
    .describe(
      'What is done about a run that is live in SOAR while the workflow that followed it was terminated or timed out.',
    ),
  TEMPORAL_TASK_QUEUE: z.string().default(DEFAULT_TASK_QUEUE).describe('Task queue the worker takes work from.'),
  LOG_LEVEL: z
    .enum(['debug', 'info', 'warn', 'error'], { error: 'must be debug, info, warn or error' })
    .default('info')
    .describe('The least severe log lines the worker writes.'),
});

function canBeRead(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}

/** The variables as read, by their names. */
export type Settings = z.infer<typeof settingsSchema>;

/** Settings whose values are never shown. */
export const SECRET_SETTINGS: readonly string[] = ['SOAR_AUTH_TOKEN', 'SOAR_PASSWORD'];
