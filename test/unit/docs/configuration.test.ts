import { readFileSync } from 'node:fs';
import path from 'node:path';
import { envExample, settingsTable } from '../../../src/config/settings-docs.js';
import { SECRET_SETTINGS, settingsSchema } from '../../../src/config/settings.js';

const read = (file: string): string => readFileSync(path.join(__dirname, '../../..', file), 'utf8');

// "npm run docs" makes both files anew.
describe('the documented configuration', () => {
  it('is the table of the settings in docs/configuration.md', () => {
    const [, table] =
      /<!-- settings:[^>]*-->\n\n([^]*?)\n\n<!-- \/settings -->/.exec(read('docs/configuration.md')) ?? [];
    expect(table).toBe(settingsTable());
  });

  it('is .env.example', () => {
    expect(read('.env.example')).toBe(envExample());
  });

  it('describes every setting', () => {
    for (const [name, { description }] of Object.entries(settingsSchema.shape)) {
      expect([name, description]).toEqual([name, expect.stringMatching(/\w\.$/)]);
    }
  });

  it('gives no value for a secret', () => {
    const given = envExample().split('\n');
    for (const name of SECRET_SETTINGS) expect(given).toContain(`# ${name}=`);
  });
});
