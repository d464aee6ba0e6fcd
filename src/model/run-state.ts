import { escapeMarkdown, timeText } from './text.js';

/** What a `runAction` workflow knows of itself: small plain values that the query answers with and the UI shows. */

export const RUN_PHASES = [
  'submitting',
  'lookingUpSubmission',
  'awaitingResolution',
  'delayed',
  'awaitingActionRun',
  'awaitingApproval',
  'cancelling',
  'fetchingResults',
  'done',
] as const;

/** Where the workflow stands. */
export type RunPhase = (typeof RUN_PHASES)[number];

export const OUTCOMES = ['success', 'failed', 'denied', 'expired', 'cancelled', 'timedOut', 'unwatched'] as const;

/** How a run ended. A run that did not succeed is a result, not a crash. `unwatched`: a person stopped the watching. */
export type Outcome = (typeof OUTCOMES)[number];

/** A person who is asked before SOAR goes on; SOAR's approval, reduced to what may be shown. */
export interface ApprovalNotice {
  readonly id: number;
  readonly status: string;
  /** `asset`, `parameter` or `manual`. */
  readonly type: string;
  /** Display name or id of who is asked. */
  readonly owner: string;
  readonly ownerType: string | null;
  readonly dueTime: string | null;
}

/** What SOAR, or the workflow if nothing was submitted, said to a cancel. */
export interface CancelAnswer {
  readonly accepted: boolean;
  readonly message: string;
  /** The caller's reason, if one was given. */
  readonly reason?: string;
}

/** What is wrong now, while the workflow goes on trying. */
export interface Problem {
  /** One of `SOAR_ERROR_CODES`, or another failure's type. */
  readonly code: string;
  readonly message: string;
  /** ISO 8601. */
  readonly sinceTime: string;
  /** Tries that failed since then, as far as the workflow has been told. */
  readonly attempts: number;
}

/** The answer of query `status`. */
export interface RunState {
  phase: RunPhase;
  action: string;
  actionRunId: number | null;
  /** SOAR's own page of the run; `null` for the embedded SOAR, which has none. */
  actionRunUrl: string | null;
  /** SOAR's own status and message, as last seen by the workflow. */
  status: string | null;
  message: string | null;
  /** Status look-ups the workflow has been told of; those under way show in the pending activity. */
  polls: number;
  /** When the delayed action is due, ISO 8601. */
  dueTime: string | null;
  approvals: readonly ApprovalNotice[];
  /** How often the action was POSTed: 1 unless an answer was lost. */
  submissions: number;
  cancel: CancelAnswer | null;
  /** What is wrong now; `null` if nothing is. */
  problem: Problem | null;
  outcome: Outcome | null;
  /** Signals that the workflow does not know, a sentence each; absent if none has come. */
  unknownCalls?: readonly string[];
}

export function initialRunState(action: string): RunState {
  return {
    phase: 'submitting',
    action,
    actionRunId: null,
    actionRunUrl: null,
    status: null,
    message: null,
    polls: 0,
    dueTime: null,
    approvals: [],
    submissions: 0,
    cancel: null,
    problem: null,
    outcome: null,
  };
}

const PHASE_TEXT: Record<RunPhase, string> = {
  submitting: 'Submitting the action to SOAR.',
  lookingUpSubmission:
    'The answer to the POST was lost: looking in SOAR whether the action was queued, before anything is sent again.',
  awaitingResolution:
    'Whether SOAR queued the action is unknown, and it changes something: a person decides, by update `resolveSubmission`.',
  delayed: 'SOAR holds the action back until it is due.',
  awaitingActionRun: 'SOAR runs the action; the pending activity shows what SOAR said last.',
  awaitingApproval: 'SOAR waits for a person.',
  cancelling: 'The cancel is on its way to SOAR; waiting for the run to end.',
  fetchingResults: 'The run has ended; fetching its results.',
  done: 'Done.',
};

/** The workflow's current details in the Temporal UI, in Markdown. */
export function describeRun(state: RunState): string {
  const lines = [
    `**${escapeMarkdown(state.action)}** · ${state.outcome ?? state.phase}`,
    PHASE_TEXT[state.phase],
    state.actionRunId === null ? undefined : describeActionRun(state.actionRunId, state),
    state.message ? `> ${escapeMarkdown(state.message)}` : undefined,
    state.phase === 'delayed' ? `Due ${state.dueTime === null ? 'soon' : timeText(state.dueTime)}.` : undefined,
    ...state.approvals.map(describeApproval),
    state.submissions > 1
      ? `The action was POSTed ${state.submissions} times; surplus runs are cancelled and reported.`
      : undefined,
    state.cancel ? describeCancel(state.cancel) : undefined,
    state.problem ? describeProblem(state.problem) : undefined,
    ...(state.unknownCalls ?? []).map(escapeMarkdown),
  ];
  return lines.filter((line) => line !== undefined).join('\n\n');
}

function describeActionRun(actionRunId: number, { actionRunUrl, status }: RunState): string {
  const name = `action_run ${actionRunId}`;
  const linked = actionRunUrl === null ? `**${name}**` : `[${name}](${encodeURI(actionRunUrl)})`;
  return `SOAR ${linked}: ${escapeMarkdown(status ?? 'queued')}`;
}

function describeApproval({ id, type, owner, status, dueTime }: ApprovalNotice): string {
  const due = dueTime ? ` until ${escapeMarkdown(timeText(dueTime))}` : '';
  return `Approval ${id} (${escapeMarkdown(type)}) asks **${escapeMarkdown(owner)}**: ${escapeMarkdown(status)}${due}.`;
}

function describeCancel(cancel: CancelAnswer): string {
  const because = cancel.reason === undefined ? '' : ` (reason: ${escapeMarkdown(cancel.reason)})`;
  return `Cancel ${cancel.accepted ? 'accepted' : 'refused'}${because}: ${escapeMarkdown(cancel.message)}`;
}

function describeProblem({ code, message, sinceTime, attempts }: Problem): string {
  const tries = `${attempts} ${attempts === 1 ? 'try' : 'tries'} since ${timeText(sinceTime)}`;
  return `Problem **${escapeMarkdown(code)}**, ${tries}: ${escapeMarkdown(message)}`;
}

/**
 * What a status means for the wait: `unknown` is never taken for an end by itself. A cancelled run reads `failed` with a text in its
 * `cancelled` field. Source: the product's own enumerations; the other spellings are tolerated.
 */
export type StatusClass = 'waiting' | 'running' | 'succeeded' | 'failed' | 'cancelled' | 'unknown';

const SPELLINGS: Readonly<Record<Exclude<StatusClass, 'unknown'>, string>> = {
  waiting: 'pending queued',
  running: 'running',
  succeeded: 'success succeeded successful',
  failed: 'failed failure fail error errored',
  cancelled: 'cancelled canceled',
};

const STATUS_CLASSES: ReadonlyMap<string, StatusClass> = new Map(
  (Object.keys(SPELLINGS) as (keyof typeof SPELLINGS)[]).flatMap((statusClass) =>
    SPELLINGS[statusClass].split(' ').map((word) => [word, statusClass] as const),
  ),
);

/** Classifies an action_run by `status`, whatever its letter case, and if it failed, by the text in `cancelled`. */
export function classifyActionRun(run: { status: string; cancelled?: string | null | undefined }): StatusClass {
  const statusClass = classOf(run.status);
  return statusClass === 'failed' && run.cancelled ? 'cancelled' : statusClass;
}

function classOf(status: string): StatusClass {
  return STATUS_CLASSES.get(status.trim().toLowerCase()) ?? 'unknown';
}

/** True for the status of an app_run that has not ended. */
export function isRunning(status: string): boolean {
  return ['running', 'waiting'].includes(classOf(status));
}

/** True for the status of an app_run or of a result that succeeded. */
export function isSuccess(status: string): boolean {
  return classOf(status) === 'succeeded';
}

/** True once SOAR will not change the run any more. */
export function isTerminal(statusClass: StatusClass): boolean {
  return statusClass === 'succeeded' || statusClass === 'failed' || statusClass === 'cancelled';
}

/**
 * The last status of a run that is over; `missing` if SOAR does not know it any more, `replaced` if SOAR has another run under its
 * number.
 */
export type EndClass = StatusClass | 'missing' | 'replaced';

/** True if SOAR does not have the run any more. */
export function isGone(statusClass: EndClass): boolean {
  return statusClass === 'missing' || statusClass === 'replaced';
}

/** What is known when a run is over, or given up. */
export interface Ending {
  readonly statusClass: EndClass;
  /** Why the workflow itself stopped the run, if it did. */
  readonly stopped: 'cancel' | 'timeout' | undefined;
  readonly approvals: readonly ApprovalNotice[];
}

/** The outcome: what SOAR says happened comes first, then why somebody stopped it. */
export function decideOutcome({ statusClass, stopped, approvals }: Ending): Outcome {
  if (statusClass === 'succeeded') return 'success';
  if (statusClass === 'failed' || isGone(statusClass)) return outcomeOfApprovals(approvals) ?? 'failed';
  return stopped === 'timeout' ? 'timedOut' : 'cancelled';
}

function outcomeOfApprovals(approvals: readonly ApprovalNotice[]): Outcome | undefined {
  if (approvals.some(({ status }) => status === 'denied')) return 'denied';
  if (approvals.some(({ status }) => status === 'expired')) return 'expired';
  return undefined;
}
