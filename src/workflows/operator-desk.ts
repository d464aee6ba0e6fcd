import { ApplicationFailure, CancellationScope, condition, defineUpdate, setHandler } from '@temporalio/workflow';
import { UPDATES } from '../model/names.js';

/** What a person decides about an uncertain submission; a number adopts that action_run. */
export type Resolution = 'resubmit' | 'abandon' | number;

/** Argument of update `resolveSubmission`. */
export type ResolveSubmission =
  | { readonly decision: 'resubmit' }
  | { readonly decision: 'abandon' }
  | { readonly decision: 'adopt'; readonly actionRunId: number };

const resolveSubmission = defineUpdate<string, [ResolveSubmission]>(UPDATES.resolveSubmission);

/** Takes a person's answer where the workflow must not decide alone; refuses it at any other time. */
export class OperatorDesk {
  #asking = false;
  #answer: Resolution | undefined;

  constructor() {
    setHandler(resolveSubmission, (argument) => this.#take(argument), {
      validator: (argument) => {
        this.#check(argument);
      },
      description:
        'Decide about a POST whose answer was lost: { decision: "resubmit" | "abandon" | "adopt", actionRunId? }',
    });
  }

  /** Waits for the answer, or for `otherwise` to find out first. */
  async ask(otherwise: () => Promise<readonly { readonly id: number }[]>): Promise<Resolution> {
    this.#asking = true;
    const answered = condition(() => this.#answer !== undefined).then(() => this.#answer);
    const scope = new CancellationScope();
    const found = scope.run(otherwise).then(([oldest]) => oldest?.id);
    try {
      return (await Promise.race([answered, found])) ?? 'abandon';
    } finally {
      this.#asking = false;
      this.#answer = undefined;
      scope.cancel();
    }
  }

  #take(argument: ResolveSubmission): string {
    this.#answer = argument.decision === 'adopt' ? argument.actionRunId : argument.decision;
    return `Noted: ${argument.decision}.`;
  }

  #check(argument: unknown): void {
    if (!this.#asking) throw refusal('Nothing is to be decided: the submission is not uncertain.');
    if (typeof argument !== 'object' || argument === null || !('decision' in argument)) throw refusal(USAGE);
    const { decision } = argument;
    if (decision === 'adopt' && 'actionRunId' in argument && isId(argument.actionRunId)) return;
    if (decision !== 'resubmit' && decision !== 'abandon') throw refusal(USAGE);
  }
}

const USAGE = 'decision: must be "resubmit", "abandon", or "adopt" with a positive integer actionRunId.';

function isId(value: unknown): boolean {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0;
}

function refusal(message: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, 'InvalidResolution');
}
