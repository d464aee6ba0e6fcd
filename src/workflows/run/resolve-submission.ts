import { ApplicationFailure, CancellationScope, condition } from '@temporalio/workflow';
import type { ActionRunSummary } from '../../contracts/run-action.js';
import { isObject } from '../../model/json.js';
import { FAILURE_TYPES } from '../../model/names.js';
import { carriesTag } from '../../model/submission-tag.js';
import { unlessCancelled } from '../activities.js';
import { record } from '../record.js';

/** What a person decides about an uncertain submission; a number adopts that action_run. */
export type Resolution = 'resubmit' | 'abandon' | number;

/** Argument of update `resolveSubmission`. `force` adopts a run that is not like the one that was asked for. */
export type ResolveSubmission =
  | { readonly decision: 'resubmit' }
  | { readonly decision: 'abandon' }
  | { readonly decision: 'adopt'; readonly actionRunId: number; readonly force?: boolean };

/** What an adopted run must be like, and how it is looked at. */
export interface Adoption {
  readonly tag: string;
  readonly action: string;
  readonly containerId: string;
  readonly look: (actionRunId: number) => Promise<ActionRunSummary | null>;
}

const USAGE = 'decision: must be "resubmit", "abandon", or "adopt" with a positive integer actionRunId.';

/** Takes a person's answer where the workflow must not decide alone; refuses it at any other time. */
export class SubmissionResolver {
  #asking = false;
  #answer: Resolution | undefined;

  /** Waits for the answer, or for `otherwise` to find out first. */
  async ask(otherwise: () => Promise<readonly { readonly id: number }[]>): Promise<Resolution> {
    this.#asking = true;
    const scope = new CancellationScope();
    const found = scope.run(otherwise).then(([oldest]) => {
      this.#answer ??= oldest?.id;
    });
    found.catch(unlessCancelled);
    try {
      await condition(() => this.#answer !== undefined);
      return this.#answer ?? 'abandon';
    } finally {
      this.#asking = false;
      this.#answer = undefined;
      scope.cancel();
    }
  }

  /** Handles update `resolveSubmission`, once {@link check} has let it in. */
  async resolve(argument: ResolveSubmission, adoption: Adoption): Promise<string> {
    const decision = argument.decision === 'adopt' ? argument.actionRunId : argument.decision;
    if (argument.decision === 'adopt' && argument.force !== true) await requireAlike(argument.actionRunId, adoption);
    if (!this.#asking) throw refusal('Nothing is to be decided any more.');
    this.#answer = decision;
    recordDecision(argument);
    return `Noted: ${argument.decision}.`;
  }

  /** @throws what tells the caller why the update is refused */
  check(argument: unknown): void {
    if (!this.#asking) throw refusal('Nothing is to be decided: the submission is not uncertain.');
    if (!isObject(argument)) throw refusal(USAGE);
    const { decision, actionRunId } = argument;
    if (decision === 'adopt' && Number.isSafeInteger(actionRunId) && Number(actionRunId) > 0) return;
    if (decision !== 'resubmit' && decision !== 'abandon') throw refusal(USAGE);
  }
}

function recordDecision(argument: ResolveSubmission): void {
  if (argument.decision === 'adopt')
    record('adopt', { actionRunId: argument.actionRunId, force: argument.force === true });
  else record('resolve', { decision: argument.decision });
}

/** A number typed wrongly must not make another run ours: it would be watched, and cancelled, in its place. */
async function requireAlike(actionRunId: number, { tag, action, containerId, look }: Adoption): Promise<void> {
  const run = await look(actionRunId);
  if (run === null) throw refusal(`actionRunId: SOAR does not know action_run ${actionRunId}.`);
  if (carriesTag(run.name, tag)) return;
  if (run.action === action && String(run.container) === containerId) return;
  const found = `it is “${run.action ?? 'unnamed'}” in container ${String(run.container)}`;
  throw refusal(
    `actionRunId: action_run ${actionRunId} is not “${action}” in container ${containerId}: ${found}. ` +
      'Look the number up again, or add force: true.',
  );
}

function refusal(message: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, FAILURE_TYPES.invalidResolution);
}
