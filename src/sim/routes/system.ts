import type { SimParts } from './sim-parts.js';

/** The version that the server says it is: one that the answers it imitates were captured from. */
const VERSION = '6.4.0.1';

/** What clients ask to see whether there is a SOAR at the other end, and what can be run on it. */
export function routeSystem({ app, tables, machineId }: SimParts): void {
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
