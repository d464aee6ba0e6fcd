import { defineSignal, setHandler } from '@temporalio/workflow';
import { readCancelReason } from '../model/cancel-reason.js';
import { SIGNALS } from '../model/names.js';
import type { Stop } from './stop.js';

/** Signal `cancel`, the same on every workflow of ours. */
export const cancelSignal = defineSignal<[unknown?]>(SIGNALS.cancel);

/** Lets signal `cancel` stop the workflow. */
export function listenForCancel(stop: Stop, meaning: string): void {
  const handle = (argument: unknown): void => {
    const reason = readCancelReason(argument);
    stop.because({ by: 'signal', ...(reason === undefined ? {} : { reason }) });
  };
  setHandler(cancelSignal, handle, { description: `${meaning} Optional argument: a reason, or { reason }.` });
}
