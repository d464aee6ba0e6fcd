import { randomBytes } from 'node:crypto';
import { Hono } from 'hono';
import { createAppCode } from './apps/app-code.js';
import type { SimCounts } from './counts.js';
import { countWork } from './counts.js';
import { Engine } from './engine/engine.js';
import type { Credentials, SimEnv } from './http/middleware.js';
import {
  countRequests,
  errorAnswer,
  injectFaults,
  keepState,
  notFound,
  readBody,
  requireCredentials,
} from './http/middleware.js';
import type { SoarSimAppOptions } from './options.js';
import { relationsOf } from './query/filter.js';
import { addRoutes } from './routes/index.js';
import { seed, SEED } from './seed.js';
import type { Store } from './store/store.js';
import { openStore } from './store/store.js';

const DAY_MS = 24 * 3600 * 1000;

/** The server without a socket. */
export interface SoarSimApp {
  /** Answers requests in-process: `app.request('/rest/version', { headers: { 'ph-auth-token': token } })`. */
  readonly app: Hono<SimEnv>;
  readonly credentials: Credentials;
  /** What has happened so far, by the server's own count. */
  readonly counts: () => SimCounts;
  /** Closes the journal. */
  readonly close: () => void;
}

/** Makes the server without a socket, with its state from `dataFile` where there is one. Throws an Error when that file is damaged. */
export function createSoarSimApp(options: SoarSimAppOptions = {}): SoarSimApp {
  const now = options.now ?? Date.now;
  const credentials = credentialsOf(options);
  const store = openStore((tables) => {
    seed(tables, now(), credentials.username);
  }, options.dataFile);
  const machineId = store.tables.system.get(SEED.system)?.machine_id ?? '';
  const engine = engineOf(options, store, now, machineId);
  const requests = new Map<string, number>();

  const app = new Hono<SimEnv>({ strict: false });
  app.onError(errorAnswer);
  app.notFound(notFound);
  app.use(countRequests(requests));
  if (options.faults) app.use(injectFaults(options.faults));
  app.use(requireCredentials(credentials), readBody, keepState(engine, store));
  const relationOf = relationsOf(store.tables);
  addRoutes({ app, tables: store.tables, relationOf, engine, userName: credentials.username, machineId, now });

  const counts = (): SimCounts => ({ ...countWork(store.tables), requests: Object.fromEntries(requests) });
  return { app, credentials, counts, close: store.close };
}

function credentialsOf({ token, username, password }: SoarSimAppOptions): Credentials {
  const random = (): string => randomBytes(24).toString('base64url');
  return { token: token ?? random(), username: username ?? 'admin', password: password ?? random() };
}

function engineOf(options: SoarSimAppOptions, { tables, commit }: Store, now: () => number, nodeGuid: string): Engine {
  const appCode = createAppCode(options.actionDurationMs ?? 300);
  const approvalLifetimeMs = options.approvalLifetimeMs ?? DAY_MS;
  return new Engine({ tables, commit, appCode, nodeGuid, approvalLifetimeMs, now });
}
