import { X509Certificate } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { z } from 'zod';
import { DEFAULT_TASK_QUEUE } from '../model/names.js';
import { bytesOf } from '../model/text.js';
import { isToken, soarUrlProblem } from '../model/soar-access.js';

const flag = z.enum(['true', 'false'], { error: 'must be true or false' }).transform((text) => text === 'true');

const count = z
  .string()
  .regex(/^[1-9]\d{0,8}$/, 'must be a positive whole number')
  .transform(Number);

const httpUrl = z
  .string({ error: 'must be set, to an address such as https://soar.example.com' })
  .superRefine((text, context) => {
    const problem = soarUrlProblem(text);
    if (problem !== undefined) context.addIssue(problem);
  });

const UNREADABLE = 'must name a file that can be read';

const proxyUrl = z
  .string()
  .refine((text) => URL.canParse(text) && /^(https?|socks5?):$/.test(new URL(text).protocol), {
    error: 'must be the address of a proxy, such as http://proxy.example.com:3128',
    abort: true,
  })
  .refine((text) => /^https?:\/\/[^/]+\/?$|^socks/.test(new URL(text).href), {
    error: 'must be the address of a proxy alone, without a path',
    abort: true,
  })
  .refine((text) => isDecodable(new URL(text)), 'must write a % in a user or a password as %25')
  .optional();

/** undici decodes both, and throws over what it cannot. */
function isDecodable({ username, password }: URL): boolean {
  try {
    decodeURIComponent(username + password);
    return true;
  } catch {
    return false;
  }
}

/** Temporal's own limit for a name. */
const MAX_QUEUE_BYTES = 1_000;

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
  SOAR_USERNAME: z
    .string()
    .refine((name) => !name.includes(':'), 'must be a name without a colon: HTTP Basic cannot send one')
    .optional()
    .describe('User name for Basic authentication, instead of a token.'),
  SOAR_PASSWORD: z.string().optional().describe('Password for Basic authentication.'),
  SOAR_CA_FILE: z
    .string()
    .refine((path) => contentOf(path) !== undefined, { error: UNREADABLE, abort: true })
    .refine((path) => !isDer(path), {
      error: 'must name a PEM file, and this one is binary: openssl x509 -inform der -in FILE -out FILE.pem makes one',
      abort: true,
    })
    .refine(hasCertificates, 'must name a PEM file that has certificates: this one has none that can be read')
    .optional()
    .describe(
      'PEM file of the authority that signed SOAR’s certificate, if it is not a public one; or of that certificate itself.',
    ),
  SOAR_TLS_VERIFY: flag.default(true).describe('false accepts any certificate of SOAR; every start warns of it.'),
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
  HTTPS_PROXY: proxyUrl.describe('Proxy for a SOAR with https://. Default: HTTP_PROXY.'),
  HTTP_PROXY: proxyUrl.describe('Proxy for a SOAR with http://. Read and used as undici’s EnvHttpProxyAgent does.'),
  NO_PROXY: z
    .string()
    .optional()
    .describe('Hosts to reach without the proxy, separated by commas; * is all. This machine itself always is.'),
  TEMPORAL_TASK_QUEUE: z
    .string()
    .refine((queue) => bytesOf(queue) <= MAX_QUEUE_BYTES, `must have at most ${MAX_QUEUE_BYTES} bytes`)
    .default(DEFAULT_TASK_QUEUE)
    .describe(
      'Task queue the worker takes work from. An embedded SOAR on the Temporal of TEMPORAL_ADDRESS has one of its own unless this is set.',
    ),
  LOG_LEVEL: z
    .enum(['debug', 'info', 'warn', 'error'], { error: 'must be debug, info, warn or error' })
    .default('info')
    .describe('The least severe log lines the worker writes.'),
});

/** What is in a file; nothing in a pipe, which gives it once, to whom it is meant for. */
function contentOf(path: string): string | undefined {
  try {
    return isPipe(path) ? '' : readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function isPipe(path: string): boolean {
  return statSync(path).isFIFO();
}

/** What is wrong with the file that has the token; undefined if nothing is. */
export function tokenFileProblem(path: string): string | undefined {
  const content = contentOf(path);
  if (content === undefined) return UNREADABLE;
  if (isToken(content.trim()) || isPipe(path)) return undefined;
  return 'must name a file with the token alone in it, as SOAR shows it: this one has more, or none';
}

/** As Windows and browsers export a certificate: DER begins with the length of a sequence. */
function isDer(path: string): boolean {
  return /^0[\x80-\x84]/.test(readFileSync(path, 'latin1'));
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** With a file that has none the client would trust nobody, and say so only at the first call. */
function hasCertificates(path: string): boolean {
  const certificates = contentOf(path)?.match(CERTIFICATE) ?? [];
  try {
    return certificates.map((pem) => new X509Certificate(pem)).length > 0;
  } catch {
    return false;
  }
}

/** The variables as read, by their names. */
export type Settings = z.infer<typeof settingsSchema>;

/** Settings whose values are never shown. */
export const SECRET_SETTINGS: readonly string[] = ['SOAR_AUTH_TOKEN', 'SOAR_PASSWORD'];
