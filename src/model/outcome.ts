import type { ApprovalNotice, Outcome } from './run-state.js';
import type { StatusClass } from './statuses.js';

/** What is known when a run is over, or given up. */
export interface Ending {
  /** The last status of the run; `missing` where SOAR does not know it any more. */
  readonly statusClass: StatusClass | 'missing';
  /** Why the workflow itself stopped the run, where it did. */
  readonly stopped: 'cancel' | 'timeout' | undefined;
  readonly approvals: readonly ApprovalNotice[];
}

/** The outcome: what SOAR says happened comes first, then why somebody stopped it. */
export function decideOutcome({ statusClass, stopped, approvals }: Ending): Outcome {
  if (statusClass === 'succeeded') return 'success';
  if (statusClass === 'failed' || statusClass === 'missing') return outcomeOfApprovals(approvals) ?? 'failed';
  return stopped === 'timeout' ? 'timedOut' : 'cancelled';
}

function outcomeOfApprovals(approvals: readonly ApprovalNotice[]): Outcome | undefined {
  if (approvals.some(({ status }) => status === 'denied')) return 'denied';
  if (approvals.some(({ status }) => status === 'expired')) return 'expired';
  return undefined;
}
