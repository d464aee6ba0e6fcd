import { ActivityFailure, isCancellation } from '@temporalio/workflow';
import { soar } from './activity-proxies.js';

/** What type SOAR's apps say an action is of: `null` where they do not say, `undefined` where SOAR does not let us look. */
export async function lookUpType(action: string): Promise<string | null | undefined> {
  try {
    return await soar('read', 'what type of action is it?').findActionType({ request: { action } });
  } catch (error) {
    if (error instanceof ActivityFailure && !isCancellation(error)) return undefined;
    throw error;
  }
}
