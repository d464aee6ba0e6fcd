import type { RunActionRequest } from '../../contracts/run-action.js';
import type { SoarClient } from '../../soar/client.js';
import { Problem } from '../problem.js';

/** What the main job runs, where the command line does not say otherwise. */
export interface GeolocateTarget {
  readonly asset: string;
  readonly container: string;
  /** Number or GUID of the app; looked up in SOAR where it is not given. */
  readonly app?: string;
}

const ACTION = 'geolocate ip';

/** The request of the main job: “geolocate ip”, without its parameters. @throws Problem where no app offers the action */
export async function geolocateRequest(
  soar: SoarClient,
  name: string,
  target: GeolocateTarget,
): Promise<RunActionRequest> {
  const app_id = target.app ?? (await findApp(soar));
  const targets = [{ app_id, assets: [target.asset] }];
  return { action: ACTION, container_id: target.container, name, type: 'investigate', targets };
}

async function findApp(soar: SoarClient): Promise<number> {
  const { data } = await soar.listAppActions({ filters: { action: ACTION }, pageSize: 10 });
  const app = data.find(({ action }) => action === ACTION)?.app;
  if (app === undefined || app === null)
    throw new Problem(`No app in this SOAR offers "${ACTION}"; name one with --app.`);
  return app;
}
