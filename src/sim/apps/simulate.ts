import { z } from 'zod';
import type { JsonObject } from '../records.js';
import type { ActionOutcome, SimAction } from './sim-action.js';
import { failedOutcome } from './sim-action.js';

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

/**
 * "simulate": does nothing, for as long and with as much result as asked. Parameters, all optional: `seconds` (default 0;
 * several sets take the sum), `outcome` (`success` or `failed`), `results` (number of data entries, default 1), `bytes`
 * (of padding over all entries together), `message`. A set that does not fit is a failed result and takes no time.
 */
export const simulate: SimAction = {
  durationMs: (parameterSets) => parameterSets.reduce((sum, set) => sum + secondsOf(set) * 1000, 0),
  run: (parameters) => {
    const parsed = parametersSchema.safeParse(parameters);
    return parsed.success ? outcomeOf(parsed.data) : failedOutcome(firstProblem(parsed.error));
  },
};

/** "test connectivity": succeeds at once. */
export const testConnectivity: SimAction = {
  durationMs: () => 0,
  run: () => ({ status: 'success', message: 'Test Connectivity Passed', data: [], summary: {} }),
};

function secondsOf(parameters: JsonObject): number {
  return parametersSchema.safeParse(parameters).data?.seconds ?? 0;
}

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

function firstProblem(error: z.ZodError): string {
  const issue = error.issues[0];
  return issue ? `Parameter ${issue.path.join('.')}: ${issue.message}` : 'The parameters do not fit';
}
