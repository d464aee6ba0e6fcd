import { setTimeout as delay } from 'node:timers/promises';
import type { WorkflowHandle } from '@temporalio/client';
import type { RunPhase, RunState } from '../../../src/model/run-state.js';

const LOOK_EVERY_MS = 50;

/** Longer than anything that a test waits for, on a machine that is busy. */
const IN_VAIN_MS = 300_000;

/** Repeats `look` until it gives something. @throws Error if that takes minutes */
export async function eventually<T>(look: () => Promise<T | undefined>): Promise<T> {
  const giveUpAtMs = Date.now() + IN_VAIN_MS;
  for (;;) {
    const seen = await look();
    if (seen !== undefined) return seen;
    if (Date.now() > giveUpAtMs) throw new Error(`Nothing came of it in ${IN_VAIN_MS / 1_000} s: ${String(look)}`);
    await delay(LOOK_EVERY_MS);
  }
}

/** Waits until a `runAction` is in `phase` and gives its state then. @throws Error if it ends without */
export function inPhase(handle: WorkflowHandle, phase: RunPhase): Promise<RunState> {
  return eventually(async () => {
    const state = await handle.query<RunState>('status');
    if (state.phase === phase) return state;
    if (state.phase === 'done') throw new Error(`${handle.workflowId} has ended, and is no more in phase ${phase}.`);
    return undefined;
  });
}
