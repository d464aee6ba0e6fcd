import { createHash } from 'node:crypto';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import type { Client } from '@temporalio/client';
import { canonicalJson, isObject } from '../model/json.js';
import { cutToBytes, escapeMarkdown, MAX_SUMMARY_BYTES } from '../model/text.js';
import { SoarRunnerError } from './errors.js';
import { argumentsIn, firstEventOf, withRetries } from './temporal-calls.js';

/** Temporal refuses a longer one. */
const MAX_FAIRNESS_KEY_BYTES = 64;

interface StartOptions {
  readonly workflowId: string;
  readonly taskQueue: string;
  /** Temporal’s UI shows it, cut to what Temporal takes. */
  readonly summary: string;
  readonly args: unknown[];
  readonly memo?: Record<string, string>;
}

/** The id names a workflow that was started with another request: it is a key, and a key means one thing. */
export class IdempotencyConflict extends SoarRunnerError {
  override readonly name = 'IdempotencyConflict';

  constructor(
    readonly workflowId: string,
    /** SHA-256 of the canonical JSON of what the workflow was started with, and of what was given now. */
    readonly existingDigest: string,
    readonly givenDigest: string,
  ) {
    super(
      'IDEMPOTENCY_CONFLICT',
      `Workflow "${workflowId}" was started with another request (digest ${existingDigest}, given now: ${givenDigest}). ` +
        'Use another id for another request.',
    );
  }
}

/**
 * The id is the idempotency key: a second start finds the first workflow, running or finished.
 *
 * @throws IdempotencyConflict if that one was started with another request
 */
export async function startOnce(
  client: Client,
  workflowType: string,
  { summary, ...options }: StartOptions,
): Promise<void> {
  const staticSummary = cutToBytes(escapeMarkdown(summary), MAX_SUMMARY_BYTES);
  const policies = { workflowIdConflictPolicy: 'FAIL', workflowIdReusePolicy: 'REJECT_DUPLICATE' } as const;
  // Callers take turns: what one of them has started by the hundred keeps another's action waiting for one of them.
  const priority = { fairnessKey: cutToBytes(client.options.identity, MAX_FAIRNESS_KEY_BYTES) };
  try {
    await withRetries(() => client.workflow.start(workflowType, { ...options, ...policies, priority, staticSummary }));
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    await requireSame(client, options);
  }
}

async function requireSame(
  client: Client,
  { workflowId, args }: Pick<StartOptions, 'workflowId' | 'args'>,
): Promise<void> {
  const [existing, given] = [digest(await withRetries(() => argumentsOf(client, workflowId))), digest(args)];
  if (existing !== given) throw new IdempotencyConflict(workflowId, existing, given);
}

/** What the first run of this id was started with. */
async function argumentsOf(client: Client, workflowId: string): Promise<unknown[]> {
  const { raw } = await client.workflow.getHandle(workflowId).describe();
  return argumentsIn(await firstEventOf(client, workflowId, raw.workflowExecutionInfo?.firstRunId ?? undefined));
}

/** `null` counts as absent, and the order of keys does not count. */
function digest(args: readonly unknown[]): string {
  const given = args.filter((argument) => argument !== null && argument !== undefined);
  return createHash('sha256')
    .update(canonicalJson(withoutNulls(given)))
    .digest('hex')
    .slice(0, 16);
}

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isObject(value)) return value;
  const entries = Object.entries(value).filter(([, inner]) => inner !== null && inner !== undefined);
  return Object.fromEntries(entries.map(([key, inner]) => [key, withoutNulls(inner)]));
}
