import { ApplicationFailure } from '@temporalio/common';
import type { RunActionRequest } from '../../../src/contracts/run-action.js';
import type { ActionResult, SoarCalls } from '../../soar/soar-calls.js';

/** The bare workflow's activities: a call each, repeated by Temporal whatever went wrong. A killed worker POSTs twice. */
export interface BareActivities {
  submit(request: RunActionRequest): Promise<number>;
  /** Fails while the run goes on: the retries are the polls. */
  poll(actionRunId: number): Promise<void>;
  fetchAppRuns(actionRunId: number): Promise<number[]>;
  fetchResults(appRunId: number): Promise<ActionResult[]>;
}

/** Makes them. */
export function createBareActivities(soar: SoarCalls): BareActivities {
  return {
    submit: (request) => soar.submit(request),
    poll: async (actionRunId) => {
      if (await soar.hasEnded(actionRunId)) return;
      throw ApplicationFailure.create({ message: 'not yet', type: 'NotYet', category: 'BENIGN' });
    },
    fetchAppRuns: (actionRunId) => soar.appRunIds(actionRunId),
    fetchResults: (appRunId) => soar.results(appRunId),
  };
}
