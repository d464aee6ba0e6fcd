import { defineSignal, setHandler } from '@temporalio/workflow';
import { readCancelReason } from '../model/cancel-reason.js';
import { SIGNALS } from '../model/names.js';
import type { Stop, StopRequest } from './stop.js';

/** Signal `cancel`, the same on every workflow of ours. */
export const cancelSignal = defineSignal<[unknown?]>(SIGNALS.cancel);

/** Lets signal `cancel` stop the workflow. */
export function listenForCancel(stop: Stop, meaning: string): void {
  const handle = (argument: unknown): void => {
    stop.because(stopRequest('signal', argument));
  };
  setHandler(cancelSignal, handle, { description: `${meaning} Optional argument: a reason, or { reason }.` });
}

/** The stop that somebody's argument asks for: a reason, `{ reason }`, or nothing. */
export function stopRequest(by: 'signal' | 'update', argument: unknown): StopRequest {
  const reason = readCancelReason(argument);
  return { by, ...(reason === undefined ? {} : { reason }) };
}
