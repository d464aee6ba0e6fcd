import { readFileSync } from 'node:fs';
import path from 'node:path';
import { SERVER_SETTINGS } from '../../../src/cli/stack/temporal-server.js';

it('deploy/dynamicconfig.yaml has the settings of the server that npm start brings', () => {
  const yaml = readFileSync(path.join(__dirname, '../../../deploy/dynamicconfig.yaml'), 'utf8');
  const settings = [...yaml.matchAll(/^(\S+):\n {2}- value: (\S+)$/gm)].map(([, key, value]) => [key, value]);
  const expected = Object.entries(SERVER_SETTINGS).map(([key, value]) => [key, String(value)]);
  expect(Object.fromEntries(settings)).toEqual(Object.fromEntries(expected));
});
