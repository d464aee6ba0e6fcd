import path from 'node:path';
import type { RunActionRequest } from '../../contracts/run-action.js';
import type { SoarClient } from '../../soar/client.js';
import { UserError } from '../errors.js';
import type { ActionTarget, InputSource } from './spec.js';
import { nameOf } from './spec.js';

/** The request of a job, without its parameters. @throws UserError where no app offers the action */
export async function batchRequest(
  soar: SoarClient,
  source: InputSource,
  target: ActionTarget,
): Promise<RunActionRequest> {
  const { action, asset, container, delaySecs } = target;
  const { app, type } =
    target.app === undefined ? await findAction(soar, action) : { app: target.app, type: undefined };
  const ofAction = target.type ?? type;
  return {
    action,
    container_id: container,
    name: `enrich ${path.basename(nameOf(source))}`,
    targets: [{ app_id: app, assets: [asset] }],
    ...(ofAction === undefined ? {} : { type: ofAction }),
    ...(delaySecs === undefined ? {} : { exec_delay_secs: delaySecs }),
  };
}

async function findAction(soar: SoarClient, action: string): Promise<{ app: number; type: string | undefined }> {
  const { data } = await soar.listAppActions({ filters: { action }, pageSize: 10 });
  for (const found of data) {
    if (found.action === action && typeof found.app === 'number')
      return { app: found.app, type: found.type ?? undefined };
  }
  throw new UserError(`No app in this SOAR offers "${action}"; name one with --app.`);
}
