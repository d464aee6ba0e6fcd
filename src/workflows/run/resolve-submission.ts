import { ApplicationFailure, CancellationScope, condition } from '@temporalio/workflow';
import type { SeenRun } from '../../activities/index.js';
import { isObject } from '../../model/json.js';
import { FAILURE_TYPES } from '../../model/names.js';
import { carriesTag, markOf, tagIn } from '../../model/submission-tag.js';
import { unlessCancelled } from '../calls/failure-of-activity.js';
import { record } from '../record.js';

/** A run that is taken for the submission's. */
export interface Adopted {
  readonly actionRunId: number;
  readonly mark: string;
}

/** What is decided about an uncertain submission. */
export type Resolution = 'resubmit' | 'abandon' | Adopted;

/** Argument of update `resolveSubmission`. `force` adopts a run that is not like the one that was asked for. */
export type ResolveSubmission =
  | { readonly decision: 'resubmit' }
  | { readonly decision: 'abandon' }
  | { readonly decision: 'adopt'; readonly actionRunId: number; readonly force?: boolean };

/** What an adopted run must be like, and how it is looked at. */
export interface Adoption {
  readonly tag: string;
  /** What was asked for, in words. */
  readonly wanted: string;
  readonly look: (actionRunId: number) => Promise<SeenRun | null>;
}

const USAGE = 'decision: must be "resubmit", "abandon", or "adopt" with a positive integer actionRunId.';

/** Takes a person's answer if the workflow must not decide alone; refuses it at any other time. */
export class SubmissionResolver {
  #asking = false;
  #answer: Resolution | undefined;

  /** Waits for the answer, or for `otherwise` to find out first. */
  async ask(tag: string, otherwise: () => Promise<readonly { readonly id: number }[]>): Promise<Resolution> {
    this.#asking = true;
    const scope = new CancellationScope();
    const found = scope.run(otherwise).then(([oldest]) => {
      this.#answer ??= oldest && { actionRunId: oldest.id, mark: markOf(tag) };
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
    const decision = argument.decision === 'adopt' ? await adopted(argument, adoption) : argument.decision;
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

/** An adopted run has no tag of ours: from then on its whole name tells it from others. */
async function adopted(
  { actionRunId, force }: Extract<ResolveSubmission, { decision: 'adopt' }>,
  adoption: Adoption,
): Promise<Adopted> {
  const run = await adoption.look(actionRunId);
  if (force !== true) requireAlike(actionRunId, run, adoption);
  const mark = carriesTag(run?.name, adoption.tag) ? markOf(adoption.tag) : run?.name;
  return { actionRunId, mark: mark || NO_NAME };
}

/** Any name but an absent one is another's. */
const NO_NAME = '(without a name)';

/** A number typed wrongly must not make another run ours: it would be watched, and cancelled, in its place. */
function requireAlike(actionRunId: number, run: SeenRun | null, { tag, wanted }: Omit<Adoption, 'look'>): void {
  if (run === null) throw refusal(`actionRunId: SOAR does not know action_run ${actionRunId}.`);
  const otherTag = tagIn(run.name);
  if (otherTag !== undefined && otherTag !== tag)
    throw refusal(
      `actionRunId: action_run ${actionRunId} is that of another workflow: its name has the tag ${otherTag}. ` +
        'Look the number up again, or add force: true.',
    );
  if (run.unlike === undefined) return;
  throw refusal(
    `actionRunId: action_run ${actionRunId} is not ${wanted}: ${run.unlike}. ` +
      'Look the number up again, or add force: true.',
  );
}

function refusal(message: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, FAILURE_TYPES.invalidResolution);
}
