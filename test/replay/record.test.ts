import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import { createHarness } from '../e2e/support/harness.js';
import { SHAPES } from './shapes.js';

/** Not a test but `npm run record-histories`: writes one history of every shape, to be committed. */
it.each(SHAPES)('records $name', async ({ name, faults, run }) => {
  const harness = await createHarness({ breaker: false, ...(faults ? { faults } : {}) });
  try {
    const history = await harness.running(async () => (await run(harness)).fetchHistory());
    writeFileSync(path.join(__dirname, 'histories', `${name}.json`), `${historyToJSON(history)}\n`);
  } finally {
    await harness.close();
  }
});
