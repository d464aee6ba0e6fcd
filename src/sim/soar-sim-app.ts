import { randomBytes } from 'node:crypto';
import { Hono } from 'hono';
import { createAppCode } from './apps/app-code.js';
import type { SimCounts } from './counts.js';
import { countWork } from './counts.js';
import { Engine } from './engine/engine.js';
import type { Credentials } from './http/credentials.js';
import { authenticator } from './http/credentials.js';
import { errorAnswer, injectFaults, keepState, notFound, readBody, requireCredentials } from './http/middleware.js';
import { RequestCounter } from './http/request-counter.js';
import type { SimEnv } from './http/sim-env.js';
import type { SoarSimAppOptions } from './options.js';
import { relationsOf } from './query/relations.js';
import { routeActionRuns } from './routes/action-runs.js';
import { routeApprovals } from './routes/approvals.js';
import { refuseOtherMethods } from './routes/other-methods.js';
import { routeRecords } from './routes/records.js';
import type { SimParts } from './routes/sim-parts.js';
import { routeSystem } from './routes/system.js';
import { routeWrites } from './routes/writes.js';
import { SEED, seed } from './seed.js';
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
  const requests = new RequestCounter();

  const app = new Hono<SimEnv>({ strict: false });
  app.onError(errorAnswer);
  app.notFound(notFound);
  app.use(requests.middleware);
  if (options.faults) app.use(injectFaults(options.faults));
  app.use(requireCredentials(authenticator(credentials)), readBody, keepState(engine, store));
  const relationOf = relationsOf(store.tables);
  addRoutes({ app, tables: store.tables, relationOf, engine, userName: credentials.username, machineId, now });

  const counts = (): SimCounts => ({ ...countWork(store.tables), requests: requests.counts() });
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

function addRoutes(parts: SimParts): void {
  routeSystem(parts);
  routeActionRuns(parts);
  routeApprovals(parts);
  routeRecords(parts);
  routeWrites(parts);
  refuseOtherMethods(parts.app);
}
