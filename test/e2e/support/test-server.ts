import path from 'node:path';
import { z } from 'zod';

const testServerSchema = z.object({
  address: z.string(),
  httpAddress: z.string(),
  directory: z.string(),
  temporalCli: z.string(),
  testServer: z.string(),
});

/** What the global set-up has prepared: the dev server, a temporary folder, the Temporal programs. */
export function testServer(): z.infer<typeof testServerSchema> {
  return testServerSchema.parse(JSON.parse(process.env['SOAR_RUNNER_TEST'] ?? 'null'));
}

/** The workflow bundle that all suites share, as a worker takes it. */
export function workflowBundle(): { codePath: string } {
  return { codePath: path.join(testServer().directory, 'workflow-bundle.js') };
}

export const payloadConverterPath = require.resolve('../../../src/workflows/payload-converter');
