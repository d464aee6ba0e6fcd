import { randomBytes, randomUUID } from 'node:crypto';
import { Hono } from 'hono';
import { createAppCode } from './apps/app-code.js';
import type { SimCounts } from './counts.js';
import { countWork } from './counts.js';
import { Engine } from './engine/engine.js';
import { ApiError } from './http/api-error.js';
import type { Credentials } from './http/credentials.js';
import { authenticator } from './http/credentials.js';
import { errorAnswer, injectFaults, keepState, readBody, requireCredentials } from './http/middleware.js';
import { RequestCounter } from './http/request-counter.js';
import type { SimEnv } from './http/sim-env.js';
import type { SoarSimAppOptions } from './options.js';
import { relationsOf } from './query/relations.js';
import { routeActionRuns } from './routes/action-runs.js';
import { routeRecords } from './routes/records.js';
import { routeSystem } from './routes/system.js';
import { seed } from './seed.js';
import { openStore } from './store/store.js';

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
  const appCode = createAppCode(options.actionDurationMs ?? 300);
  const engine = new Engine({ tables: store.tables, appCode, nodeGuid: randomUUID(), now });
  const requests = new RequestCounter();

  const app = new Hono<SimEnv>({ strict: false });
  app.onError(errorAnswer);
  app.use(requests.middleware);
  if (options.faults) app.use(injectFaults(options.faults));
  app.use(requireCredentials(authenticator(credentials)), readBody);
  app.use(
    keepState({
      advance: () => {
        engine.advance();
      },
      commit: () => {
        store.commit();
      },
    }),
  );
  const relationOf = relationsOf(store.tables);
  const parts = { app, tables: store.tables, relationOf, engine, userName: credentials.username };
  routeSystem(parts);
  routeActionRuns(parts);
  routeRecords(parts);
  app.notFound((context) =>
    errorAnswer(new ApiError(404, `not found ${context.req.path.split('/')[2] ?? ''}`), context),
  );
  return {
    app,
    credentials,
    counts: () => ({ ...countWork(store.tables), requests: requests.counts() }),
    close: () => {
      store.close();
    },
  };
}

function credentialsOf({ token, username, password }: SoarSimAppOptions): Credentials {
  const random = (): string => randomBytes(24).toString('base64url');
  return { token: token ?? random(), username: username ?? 'admin', password: password ?? random() };
}
