import { ApiError } from '../http.js';
import { routeActionRuns } from './action-runs.js';
import { routeApprovals } from './approvals.js';
import { routeRecords } from './records.js';
import type { SimParts } from './request.js';
import { routeWrites } from './writes.js';

/** The version that the server says it is: one that the answers it imitates were captured from. */
const VERSION = '6.4.0.1';

/** Adds every route to the app. Other methods on a path that has a route are answered with 405. */
export function addRoutes(parts: SimParts): void {
  routeSystem(parts);
  routeActionRuns(parts);
  routeApprovals(parts);
  routeRecords(parts);
  routeWrites(parts);
  const paths = new Set(parts.app.routes.map(({ path }) => path).filter((path) => path.startsWith('/rest/')));
  for (const path of paths) {
    parts.app.all(path, () => {
      throw new ApiError(405, 'Method not allowed');
    });
  }
}

/** What clients ask to see whether there is a SOAR at the other end, and what can be run on it. */
function routeSystem({ app, tables, machineId }: SimParts): void {
  app.get('/rest/version', (context) => context.json({ version: VERSION }));

  app.get('/rest/system_info', (context) => context.json({ base_url: '', time_zone: 'UTC', machine_id: machineId }));

  app.get('/rest/system_settings', (context) =>
    context.json({ id: 1, base_url: '', time_zone: 'UTC', company_name: 'Embedded SOAR', version: VERSION }),
  );

  app.get('/rest/build_action', (context) => {
    const assets = tables.asset
      .all()
      .map(({ id, name, app: appId }) => ({ id, name, apps: appId === null ? [] : [appId] }));
    return context.json({ apps: tables.app.all(), assets, actions: tables.app_action.all() });
  });
}
