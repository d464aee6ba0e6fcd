import { setTimeout as delay } from 'node:timers/promises';
import type { WorkflowHandle } from '@temporalio/client';
import type { RunPhase, RunState } from '../../../src/model/run-state.js';

const LOOK_EVERY_MS = 50;

/** Repeats `look` until it gives something; the test's own time limit ends a vain wait. */
export async function eventually<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const seen = await look();
    if (seen !== undefined) return seen;
    await delay(LOOK_EVERY_MS);
  }
}

/** Waits until a `runAction` is in `phase` and gives its state then. */
export function inPhase(handle: WorkflowHandle, phase: RunPhase): Promise<RunState> {
  return eventually(async () => {
    const state = await handle.query<RunState>('status');
    return state.phase === phase ? state : undefined;
  });
}
