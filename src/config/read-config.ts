import { isToken, isLoopback } from '../model/soar-access.js';
import { SECRET_SETTINGS, settingsSchema, tokenFileProblem } from './settings.js';
import type { Settings } from './settings.js';
import { loadClientConnectConfig } from '@temporalio/envconfig';

/** How the worker proves itself to SOAR. */
export type SoarAuth =
  | { readonly token: string }
  | { readonly tokenFile: string }
  | { readonly username: string; readonly password: string };

/** Where SOAR is and how to talk to it. */
export interface SoarConfig {
  readonly baseUrl: string;
  /** Of a SOAR whose address can change. */
  readonly identity?: string;
  readonly auth: SoarAuth;
  readonly caFile: string | undefined;
  readonly tlsVerify: boolean;
  readonly maxConnections: number;
  /** Over all workers of the task queue; `undefined`: no limit. */
  readonly maxRequestsPerSecond: number | undefined;
}

/** Everything the worker is told from outside, read once. */
export interface Config {
  readonly soar: SoarConfig;
  readonly taskQueue: string;
  readonly logLevel: Settings['LOG_LEVEL'];
  readonly orphans: Settings['SOAR_ORPHANS'];
}

/** A start that cannot be, for a reason that a person can mend; the message says how. */
export class StartRefused extends Error {
  override readonly name: string = 'StartRefused';
}

/** Variables are missing or wrong; `problems` has a sentence for each, and none repeats a value. */
export class ConfigError extends StartRefused {
  override readonly name = 'ConfigError';
  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'));
  }
}

/**
 * Reads the configuration from environment variables. Empty ones count as absent, blanks around a value for nothing.
 *
 * @throws ConfigError that names every variable that is missing or wrong
 */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const given = valuesOf(environment);
  const auth = readAuth(given);
  const parsed = settingsSchema.safeParse(given);
  const problems = [
    ...(parsed.error?.issues ?? []).map(({ path, message }) => `${path.join('.')} ${message}.`),
    ...(typeof auth === 'string' ? [auth] : []),
  ];
  if (!parsed.success || typeof auth === 'string') throw new ConfigError(problems);
  return toConfig(parsed.data, auth);
}

/** The values that are there, without the blanks that a shell or a file leaves around them; a secret is as it is. */
function valuesOf(environment: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const entries = Object.entries(environment).flatMap(([name, value = '']) => {
    const trimmed = value.trim();
    return trimmed === '' ? [] : [[name, SECRET_SETTINGS.includes(name) ? value : trimmed] as const];
  });
  // Of the proxies' variables undici reads both spellings, and the one in lower case counts.
  const isLower = (name: string): boolean => /_proxy$/.test(name);
  const inLowerCase = entries
    .filter(([name]) => isLower(name))
    .map(([name, value]) => [name.toUpperCase(), value] as const);
  return Object.fromEntries([...entries, ...inLowerCase]);
}

function toConfig(settings: Settings, auth: SoarAuth): Config {
  const soar: SoarConfig = {
    baseUrl: settings.SOAR_BASE_URL,
    auth,
    caFile: settings.SOAR_CA_FILE,
    tlsVerify: settings.SOAR_TLS_VERIFY,
    maxConnections: settings.SOAR_MAX_CONNECTIONS,
    maxRequestsPerSecond: settings.SOAR_MAX_REQUESTS_PER_SECOND,
  };
  return Object.freeze({
    soar,
    taskQueue: settings.TEMPORAL_TASK_QUEUE,
    logLevel: settings.LOG_LEVEL,
    orphans: settings.SOAR_ORPHANS,
  });
}

const TOKEN_PROBLEM =
  'SOAR_AUTH_TOKEN must be the token as SOAR shows it, in letters, digits and signs: it has a space, a line break or a character such as … in it.';

type AuthVariables = Pick<Settings, 'SOAR_AUTH_TOKEN' | 'SOAR_AUTH_TOKEN_FILE' | 'SOAR_USERNAME' | 'SOAR_PASSWORD'>;

/** Exactly one way of proving oneself, or a sentence on what is missing. */
function readAuth(given: AuthVariables): SoarAuth | string {
  const {
    SOAR_AUTH_TOKEN: token,
    SOAR_AUTH_TOKEN_FILE: tokenFile,
    SOAR_USERNAME: username,
    SOAR_PASSWORD: password,
  } = given;
  const ways = [token, tokenFile, username ?? password].filter((way) => way !== undefined);
  if (ways.length > 1) return 'SOAR_AUTH_TOKEN, SOAR_AUTH_TOKEN_FILE and SOAR_USERNAME exclude each other: set one.';
  if (token !== undefined) return isToken(token) ? { token } : TOKEN_PROBLEM;
  if (tokenFile !== undefined) {
    const problem = tokenFileProblem(tokenFile);
    return problem === undefined ? { tokenFile } : `SOAR_AUTH_TOKEN_FILE ${problem}.`;
  }
  if (username !== undefined && password !== undefined) return { username, password };
  if (ways.length === 1) return 'SOAR_USERNAME and SOAR_PASSWORD go together: one of them is missing.';
  return 'SOAR_AUTH_TOKEN must be set (or SOAR_AUTH_TOKEN_FILE, or SOAR_USERNAME with SOAR_PASSWORD).';
}

/**
 * Temporal's own variables and profile, as its library reads them.
 *
 * @throws ConfigError if they cannot be used
 */
export function readTemporalConfig(): ReturnType<typeof loadClientConnectConfig> {
  try {
    return loadClientConnectConfig();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigError([`Temporal’s own settings (TEMPORAL_…) cannot be used: ${reason}`]);
  }
}

/** The default of docker-compose.yml, for its embedded SOAR. */
const DEMO_TOKEN = 'demo-token';

/** What is unsafe about the way to SOAR: a sentence each, for everybody who starts something that talks to it. */
export function warningsOf({ baseUrl, tlsVerify, auth }: SoarConfig): string[] {
  const { protocol, origin } = new URL(baseUrl);
  const isPlain = protocol === 'http:' && !isLoopback(baseUrl);
  return [
    ...(isPlain
      ? [`SOAR_BASE_URL is plain ${origin}: everybody on the way can read the token and change what comes.`]
      : []),
    ...('token' in auth && auth.token === DEMO_TOKEN
      ? ['SOAR_AUTH_TOKEN is the token of the demo, which everybody knows.']
      : []),
    ...(tlsVerify ? [] : ['SOAR_TLS_VERIFY=false: the certificate of SOAR is not checked.']),
  ];
}
