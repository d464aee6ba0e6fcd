import { ApplicationFailure, workflowInfo } from '@temporalio/workflow';
import { FAILURE_TYPES, WORKFLOW_TYPES } from '../model/names.js';
import { nearest } from '../model/near-name.js';
import { wellFormed } from '../model/text.js';

const { runAction, enrichBatch, readRows } = WORKFLOW_TYPES;
const NAMES = [runAction, enrichBatch, readRows];

/** Stands in for every workflow type that there is not: Temporal would try such a workflow again for ever, and say so to nobody. */
export default function unknownType(): Promise<never> {
  const type = wellFormed(workflowInfo().workflowType.slice(0, 100));
  const meant = nearest(type, NAMES);
  const message = `workflow type "${type}" is not known; ${meant ? `did you mean ${meant}? ` : ''}There are: ${NAMES.join(', ')}.`;
  throw ApplicationFailure.nonRetryable(message, FAILURE_TYPES.unknownWorkflowType, { problems: [message] });
}
