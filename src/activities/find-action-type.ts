import type { RunActionRequest } from '../contracts/run-action.js';
import { changesSomething } from '../model/action-type.js';
import type { SoarClient } from '../soar/client.js';
import { withPulse } from './pulse.js';

/** Enough for every app that offers an action of one name. */
const PAGE_SIZE = 100;

/**
 * What kind of action a request without `type` runs (`investigate`, `contain`, …), as the installed apps declare it;
 * `null` where SOAR does not say. Of several apps the most dangerous answer counts.
 */
export function createFindActionType(
  soar: SoarClient,
): (input: { request: Pick<RunActionRequest, 'action'> }) => Promise<string | null> {
  return ({ request }) =>
    withPulse(async ({ signal }) => {
      const query = { filters: { action: request.action }, pageSize: PAGE_SIZE };
      const { data } = await soar.listAppActions(query, { signal });
      const types = data.filter(({ action }) => action === request.action).flatMap(({ type }) => type ?? []);
      return types.find(changesSomething) ?? types[0] ?? null;
    });
}
