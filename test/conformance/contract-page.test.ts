import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { PAGE_BODIES, pathOf, sampleFields } from './pages/page-bodies.js';
import { clientType } from './table/client-type.js';
import { contractPage } from './table/contract-page.js';

const ROOT = path.join(__dirname, '../..');
const SAMPLES = path.join(ROOT, 'test/unit/contracts/soar/samples');

describe('docs/rest-contract.md', () => {
  it('is what the pages, the client and the embedded server say today: npm run docs:contract', async () => {
    expect(readFileSync(path.join(ROOT, 'docs/rest-contract.md'), 'utf8')).toBe(await contractPage());
  });

  it('shows one field of SOAR’s own that the embedded server does not send, and none that no test covers', async () => {
    const rows = (await contractPage()).split('\n').filter((line) => line.startsWith('| `'));
    const cells = rows.map((row) => row.split('|').map((cell) => cell.trim()));
    const unsent = cells.filter(([, , , , , server]) => server === 'no').map(([, field]) => field);
    const untested = cells.filter(([, , , , , server, test]) => server === 'yes' && !test);
    // The page's table names it; none of the page's samples has it.
    expect([unsent, untested]).toEqual([['`prompt`'], []]);
  });
});

describe('what the pages say', () => {
  it('takes in every sample', () => {
    const files = readdirSync(SAMPLES).map((file) => file.replace(/\.json$/, ''));
    expect(new Set(PAGE_BODIES.flatMap(({ samples }) => samples))).toEqual(new Set(files));
  });

  it('puts every row of a table where a sample has that field, but for two that no sample shows', () => {
    const nowhere = PAGE_BODIES.flatMap((body) =>
      body.table.map(pathOf).filter((field) => !sampleFields(body).has(field)),
    );
    expect(nowhere).toEqual(['start_time', 'prompt']);
  });
});

describe('what the client makes of a field', () => {
  it.each([
    ['action_run', 'id', 'integer'],
    ['action_run', 'handle', 'kept as it is'],
    ['action_run', 'targets[].app_id', 'kept as it is'],
    ['action_run', 'targets[].parameters[].ip', 'kept as it is'],
    ['action_run', 'nobody_knows_it', 'kept as it is'],
    ['app_runs of an action_run', 'data[].result_data[].parameter.context.guid', 'kept as it is'],
    ['cancel refused', 'failed', 'true or kept as it is'],
    ['approval detail', 'owner', 'string or null'],
    ['approval detail', 'asset.name', 'dropped'],
    ['approval detail', 'asset.configuration', 'dropped'],
    ['approval detail', 'asset.configuration.api_key', 'dropped'],
    ['approval detail', 'nobody_knows_it', 'dropped'],
  ])('%s: %s is %s', (body, field, type) => {
    expect(clientType(body, field)).toBe(type);
  });
});
