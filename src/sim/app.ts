import { randomBytes } from 'node:crypto';
import { Hono } from 'hono';
import { createApps } from './apps/index.js';
import { Engine } from './engine/engine.js';
import { parameterSetsOf } from './engine/plan.js';
import type { Credentials, SimEnv } from './http.js';
import { countRequests, errorAnswer, injectFaults, keepState, notFound, readBody, requireCredentials } from './http.js';
import type { SoarSimAppOptions } from './options.js';
import { relationsOf } from './query/filter.js';
import { addRoutes } from './routes/index.js';
import { seed } from './seed.js';
import type { Tables } from './store/store.js';
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

/** The server's own counts, for tests that must know what really happened behind the client's back. */
export interface SimCounts {
  /** Action runs that were submitted, over restarts as far as the journal goes. */
  readonly actionRuns: number;
  /**
   * How often work was begun, by action and then by parameter set. A set of one parameter goes by its value, for example
   * `executions['geolocate ip']['8.8.8.8']`; any other by its JSON.
   */
  readonly executions: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Requests since the start by method and route, for example `requests['GET /rest/action_run/:id']`. */
  readonly requests: Readonly<Record<string, number>>;
}

/** Makes the server without a socket, with its state from `dataFile` if there is one. Throws an Error when that file is damaged. */
export function createSoarSimApp(options: SoarSimAppOptions = {}): SoarSimApp {
  const { now = Date.now, actionDurationMs = 300, approvalLifetimeMs = DAY_MS } = options;
  const credentials = credentialsOf(options);
  const { username } = credentials;
  const apps = createApps(actionDurationMs);
  const store = openStore((empty) => {
    seed(empty, apps, now(), username);
  }, options.dataFile);
  const { tables, commit, close } = store;
  const machineId = tables.system.all()[0]?.machine_id ?? '';
  const engine = new Engine({ tables, commit, apps, nodeGuid: machineId, approvalLifetimeMs, now });
  const requests = new Map<string, number>();

  const app = new Hono<SimEnv>({ strict: false });
  app.onError(errorAnswer);
  app.notFound(notFound);
  app.use(countRequests(requests));
  if (options.faults) app.use(injectFaults(options.faults));
  app.use(requireCredentials(credentials), readBody, keepState(engine, store));
  addRoutes({ app, tables, relationOf: relationsOf(tables), engine, userName: username, machineId, now });

  const counts = (): SimCounts => ({
    actionRuns: tables.action_run.size,
    executions: countExecutions(tables),
    requests: Object.fromEntries(requests),
  });
  return { app, credentials, counts, close };
}

function credentialsOf({ token, username, password }: SoarSimAppOptions): Credentials {
  const random = (): string => randomBytes(24).toString('base64url');
  return { token: token ?? random(), username: username ?? 'admin', password: password ?? random() };
}

function countExecutions({ action_run, job }: Tables): SimCounts['executions'] {
  const counted = new Map<string, Map<string, number>>();
  for (const { actionRun, targetIndex, startedAtMs } of job.all()) {
    const run = action_run.get(actionRun);
    if (!run || startedAtMs === null) continue;
    const byValue = counted.get(run.action) ?? new Map<string, number>();
    counted.set(run.action, byValue);
    for (const set of parameterSetsOf(run.targets[targetIndex])) {
      const values = Object.values(set);
      const key = values.length === 1 ? String(values[0]) : JSON.stringify(set);
      byValue.set(key, (byValue.get(key) ?? 0) + 1);
    }
  }
  return Object.fromEntries([...counted].map(([action, byValue]) => [action, Object.fromEntries(byValue)]));
}
