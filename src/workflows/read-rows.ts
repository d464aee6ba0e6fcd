import { ApplicationFailure, setCurrentDetails } from '@temporalio/workflow';
import type { RowsAnswer } from '../activities/index.js';
import type { ReadRowsInput, RowsPage } from '../contracts/read-rows.js';
import { FAILURE_TYPES } from '../model/names.js';
import { escapeMarkdown } from '../model/text.js';
import { validation } from './calls/kinds.js';
import { persist } from './calls/persist.js';
import { hasFields } from './shapes.js';
import { requireInput, requireNoMore, requireSendable, unwrapped } from './input.js';

const isAnswer = hasFields<RowsAnswer>('kind');

/**
 * Reads a page of the rows of a batch, or of the results of a `runAction`: for callers that have no access to SOAR.
 *
 * @returns the rows in the order of the items, and where to go on
 */
export async function readRows(input: ReadRowsInput, ...rest: unknown[]): Promise<RowsPage> {
  requireInput('input', input, 'as { "workflowId": "batch-1", "from": 0, "limit": 1000 }');
  requireSendable('input', input);
  requireNoMore('readRows takes one argument, the input', rest);
  const checked = await validation.validateReadRows(input).catch((error: unknown) => {
    throw unwrapped(error);
  });
  const { workflowId, from } = checked;
  const note = (problem: { code: string; message: string } | null): void => {
    setCurrentDetails(problem ? `Problem **${problem.code}**: ${escapeMarkdown(problem.message)}` : '');
  };
  const answer = await persist({
    summary: `rows of ${workflowId} from ${from}`,
    note,
    isResult: isAnswer,
    call: (activities) => activities.readRows(checked),
  });
  if (answer.kind === 'page') return answer.page;
  throw ApplicationFailure.nonRetryable(answer.message, FAILURE_TYPES.rowsNotReadable, { problems: [answer.message] });
}
