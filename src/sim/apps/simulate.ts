import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { ActionOutcome, SimAction, SimApp } from './action.js';
import { failedOutcome } from './action.js';

const MAX_SECONDS = 30 * 24 * 3600;
const MAX_ROWS = 100_000;
const MAX_BYTES = 64 * 1024 * 1024;

const parametersSchema = z.object({
  seconds: z.coerce.number().min(0).max(MAX_SECONDS).default(0),
  outcome: z.enum(['success', 'failed']).default('success'),
  results: z.coerce.number().int().min(0).max(MAX_ROWS).default(1),
  bytes: z.coerce.number().int().min(0).max(MAX_BYTES).default(0),
  message: z.string().optional(),
});

const optional = (dataType: string) => ({ required: false, data_type: dataType });

/**
 * "simulate": does nothing, for as long and with as much result as asked. Parameters, all optional: `seconds` (default 0;
 * several sets take the sum), `outcome` (`success` or `failed`), `results` (number of data entries, default 1), `bytes`
 * (of padding over all entries together), `message`. A set that does not fit is a failed result and takes no time.
 */
const simulate: SimAction = {
  record: {
    action: 'simulate',
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
  },
  durationMs: (parameterSets) =>
    parameterSets.reduce((sum, set) => sum + (parametersSchema.safeParse(set).data?.seconds ?? 0) * 1000, 0),
  run: (parameters) => {
    const { data, error } = parametersSchema.safeParse(parameters);
    if (data) return outcomeOf(data);
    const issue = error.issues[0];
    return failedOutcome(issue ? `Parameter ${issue.path.join('.')}: ${issue.message}` : 'The parameters do not fit');
  },
};

function outcomeOf({ outcome, results, bytes, message }: z.infer<typeof parametersSchema>): ActionOutcome {
  if (outcome === 'failed') return failedOutcome(message ?? 'Simulated failure');
  const share = results === 0 ? 0 : Math.floor(bytes / results);
  const rest = bytes - share * results;
  const data = Array.from({ length: results }, (_, row) => ({
    row,
    padding: 'x'.repeat(share + (row === 0 ? rest : 0)),
  }));
  return { status: 'success', message: message ?? 'Simulated success', data, summary: { rows: results } };
}

/** "test connectivity": succeeds at once. */
const testConnectivity: SimAction = {
  record: {
    action: 'test connectivity',
    type: 'test',
    description: 'Succeeds',
    identifier: 'test_connectivity',
    read_only: true,
    parameters: {},
    version: 1,
  },
  durationMs: () => 0,
  run: () => ({ status: 'success', message: 'Test Connectivity Passed', data: [], summary: {} }),
};

/** The app Lab, whose assets ask for nothing, for an approval, and for a review. */
export const lab: SimApp = {
  record: {
    name: 'Lab',
    appid: '6f1d2c84-0b7e-4c55-9a53-2d8f6a3be102',
    app_version: '1.0.0',
    description: 'Actions that take the time, the size and the outcome they are asked for.',
    disabled: false,
    product_name: 'Lab',
    product_vendor: 'Lab',
    publisher: 'soar-runner',
    type: 'generic',
    version: 1,
  },
  actions: [simulate, testConnectivity],
  assets: (approver) =>
    [{ name: 'lab' }, { name: 'lab-approval', approver }, { name: 'lab-review', reviewer: approver }].map((fields) => ({
      ...fields,
      type: 'generic',
      product_name: 'Lab',
      product_vendor: 'Lab',
      // A key that nobody knows in advance, so that a test can look for leaks of it.
      configuration: { api_key: randomUUID() },
    })),
};
