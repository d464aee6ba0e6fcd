import type { ActionResult, JsonObject } from '../records.js';

/** How many of a number of results are successes. */
export interface Tally {
  readonly succeeded: number;
  readonly failed: number;
}

/** Counts the outcomes. */
export function tally(results: readonly { readonly status: string }[]): Tally {
  const succeeded = results.filter(({ status }) => status === 'success').length;
  return { succeeded, failed: results.length - succeeded };
}

/**
 * A mixed outcome counts as success: it has something to show, and each failure says so in its own result. The pages are
 * silent about it; this is our choice.
 */
export function overallStatus({ succeeded }: Tally): 'success' | 'failed' {
  return succeeded > 0 ? 'success' : 'failed';
}

/** The closing message of an action_run, in the words of the page's sample: "1 actions succeeded". */
export function runMessage({ succeeded, failed }: Tally): string {
  const parts = [`${succeeded} actions succeeded`, `${failed} actions failed`];
  if (failed === 0) return `${succeeded} actions succeeded`;
  return succeeded === 0 ? `${failed} actions failed` : parts.join(', ');
}

/**
 * The message of an app_run, as in the sample of `/rest/action_run/<id>/app_runs`:
 * `'name' on asset 'x': 1 action succeeded. (1)For Parameter: {…} Message: "…"`. Without an asset that part is left out.
 */
export function appRunMessage(
  runName: string,
  assetName: string | undefined,
  results: readonly ActionResult[],
): string {
  const { succeeded, failed } = tally(results);
  const counts = [count(succeeded, 'succeeded'), count(failed, 'failed')].filter((part) => part !== '').join(', ');
  const details = results.map((result, index) => resultMessage(index + 1, result));
  const subject = assetName === undefined ? `'${runName}'` : `'${runName}' on asset '${assetName}'`;
  return `${subject}: ${counts}. ${details.join(' ')}`;
}

function count(number: number, verb: string): string {
  if (number === 0) return '';
  return `${number} ${number === 1 ? 'action' : 'actions'} ${verb}`;
}

function resultMessage(position: number, { parameter, message }: ActionResult): string {
  return `(${position})For Parameter: ${JSON.stringify(withoutContext(parameter))} Message: "${message}"`;
}

function withoutContext(parameter: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(parameter).filter(([name]) => name !== 'context'));
}
