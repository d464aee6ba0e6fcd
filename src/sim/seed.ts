import { randomUUID } from 'node:crypto';
import type { SimApp } from './apps/action.js';
import { soarTime } from './records.js';
import type { Tables } from './store/store.js';

/** Ids of the users that are there from the start. */
export const USER_IDS = { admin: 1, automation: 2, approver: 3 } as const;

/** Fills empty tables with the server's GUID, three users, the apps with their assets, and one container with the label `events`. */
export function seed(tables: Tables, apps: readonly SimApp[], nowMs: number, adminName: string): void {
  tables.system.create({ machine_id: randomUUID() });
  tables.ph_user.create({ username: adminName });
  tables.ph_user.create({ username: 'automation', type: 'automation' });
  tables.ph_user.create({ username: 'approver' });
  for (const { record, actions, assets } of apps) {
    const { id: app } = tables.app.create(record);
    for (const action of actions) tables.app_action.create({ ...action.record, app });
    for (const fields of assets(USER_IDS.approver)) tables.asset.create({ ...fields, app });
  }
  const time = soarTime(nowMs);
  tables.container.create({ name: 'Embedded SOAR', label: 'events', create_time: time, start_time: time });
}
