import { randomUUID } from 'node:crypto';
import { soarTime } from './records.js';
import type { Tables } from './store/store.js';

/** Ids of what is there from the start. */
export const SEED = {
  users: { admin: 1, automation: 2, approver: 3 },
  apps: { maxmind: 1, lab: 2 },
  assets: { maxmind: 1, lab: 2, labApproval: 3, labReview: 4 },
  container: 1,
  system: 1,
} as const;

/** Fills empty tables with the server's GUID, two apps, their assets, three users and one container with the label `events`. */
export function seed(tables: Tables, nowMs: number, adminName: string): void {
  tables.system.create({ machine_id: randomUUID() });
  seedUsers(tables, adminName);
  seedApps(tables);
  seedActions(tables);
  seedAssets(tables);
  const time = soarTime(nowMs);
  tables.container.create({ name: 'Embedded SOAR', label: 'events', create_time: time, start_time: time });
}

function seedUsers({ ph_user }: Tables, adminName: string): void {
  ph_user.create({ username: adminName });
  ph_user.create({ username: 'automation', type: 'automation' });
  ph_user.create({ username: 'approver' });
}

function seedApps({ app }: Tables): void {
  const common = { app_version: '1.0.0', disabled: false, publisher: 'soar-runner', version: 1 };
  app.create({
    ...common,
    name: 'MaxMind',
    appid: '6f1d2c84-0b7e-4c55-9a53-2d8f6a3be101',
    description: 'Finds the country of an IP address in real, openly licensed data.',
    product_name: 'GeoIP2',
    product_vendor: 'MaxMind',
    type: 'ip reputation',
  });
  app.create({
    ...common,
    name: 'Lab',
    appid: '6f1d2c84-0b7e-4c55-9a53-2d8f6a3be102',
    description: 'Actions that take the time, the size and the outcome they are asked for.',
    product_name: 'Lab',
    product_vendor: 'Lab',
    type: 'generic',
  });
}

function seedActions({ app_action }: Tables): void {
  const optional = (dataType: string) => ({ required: false, data_type: dataType });
  app_action.create({
    action: 'geolocate ip',
    app: SEED.apps.maxmind,
    type: 'investigate',
    description: 'Finds the country of an IP address',
    identifier: 'geolocate_ip',
    read_only: true,
    parameters: { ip: { required: true, data_type: 'string' } },
    version: 1,
  });
  app_action.create({
    action: 'simulate',
    app: SEED.apps.lab,
    type: 'generic',
    description: 'Takes a while and ends as asked',
    identifier: 'simulate',
    read_only: false,
    parameters: {
      seconds: optional('numeric'),
      outcome: optional('string'),
      results: optional('numeric'),
      bytes: optional('numeric'),
      message: optional('string'),
    },
    version: 1,
  });
  app_action.create({
    action: 'test connectivity',
    app: SEED.apps.lab,
    type: 'test',
    description: 'Succeeds',
    identifier: 'test_connectivity',
    read_only: true,
    parameters: {},
    version: 1,
  });
}

function seedAssets({ asset }: Tables): void {
  const lab = { app: SEED.apps.lab, type: 'generic', product_name: 'Lab', product_vendor: 'Lab' };
  asset.create({
    name: 'maxmind',
    app: SEED.apps.maxmind,
    type: 'ip reputation',
    product_name: 'GeoIP2',
    product_vendor: 'MaxMind',
  });
  asset.create({ ...lab, name: 'lab', configuration: madeUpConfiguration() });
  asset.create({ ...lab, name: 'lab-approval', approver: SEED.users.approver, configuration: madeUpConfiguration() });
  asset.create({ ...lab, name: 'lab-review', reviewer: SEED.users.approver, configuration: madeUpConfiguration() });
}

/** A key that nobody knows beforehand, so that a test can look for leaks of it. */
function madeUpConfiguration(): { api_key: string } {
  return { api_key: randomUUID() };
}
