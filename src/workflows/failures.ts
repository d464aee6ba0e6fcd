import { ActivityFailure, ApplicationFailure } from '@temporalio/workflow';
import type { SoarActivities } from '../activities/index.js';

const SUBMIT = 'submitActionRun' satisfies keyof SoarActivities;

/** The code SOAR refused the POST with; undefined where the run failed in any other way. */
export function refusalOfPost(error: unknown): string | undefined {
  if (error instanceof ActivityFailure) {
    const isRefusal = error.activityType === SUBMIT && error.cause instanceof ApplicationFailure;
    return isRefusal ? (error.cause.type ?? undefined) : undefined;
  }
  return error instanceof Error ? refusalOfPost(error.cause) : undefined;
}
