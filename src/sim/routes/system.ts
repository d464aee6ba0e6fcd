import type { SimParts } from './sim-parts.js';

/** The version that the server says it is; the newest one that the facts were observed on. */
const VERSION = '6.4.0.1';

/** What clients ask to see whether there is a SOAR at the other end. */
export function routeSystem({ app }: SimParts): void {
  app.get('/rest/version', (context) => context.json({ version: VERSION }));
}
