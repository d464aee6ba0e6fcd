import { decideOutcome } from '../../../src/model/run-state.js';
import type { ApprovalNotice, Ending, Outcome } from '../../../src/model/run-state.js';

function approval(status: string): ApprovalNotice {
  return { id: 1, status, type: 'asset', owner: 'admin', ownerType: 'User', dueTime: null };
}

const ENDINGS: readonly [Ending['statusClass'], Ending['stopped'], readonly string[], Outcome][] = [
  ['succeeded', undefined, [], 'success'],
  ['succeeded', 'cancel', [], 'success'],
  ['succeeded', 'timeout', ['denied'], 'success'],
  ['failed', undefined, [], 'failed'],
  ['failed', 'cancel', [], 'failed'],
  ['failed', undefined, ['approved'], 'failed'],
  ['failed', undefined, ['expired'], 'expired'],
  ['failed', undefined, ['approved', 'denied'], 'denied'],
  ['failed', undefined, ['expired', 'denied'], 'denied'],
  ['missing', undefined, [], 'failed'],
  ['cancelled', undefined, [], 'cancelled'],
  ['cancelled', 'cancel', [], 'cancelled'],
  ['cancelled', 'timeout', [], 'timedOut'],
  ['running', 'timeout', [], 'timedOut'],
  ['waiting', 'cancel', ['pending'], 'cancelled'],
];

test.each(ENDINGS)(
  'a run that is %s, stopped by %s, with approvals %j ends as %s',
  (statusClass, stopped, approvals, outcome) => {
    expect(decideOutcome({ statusClass, stopped, approvals: approvals.map(approval) })).toBe(outcome);
  },
);
