import type { AppAction } from '../../contracts/soar.js';
import { createApps } from '../../sim/apps/index.js';
import type { SoarClient } from '../../soar/client.js';
import { toSafeText } from '../../soar/errors.js';
import { UserError } from '../errors.js';
import { kindsOf } from '../input/indicator/kinds.js';
import type { ActionFacts } from '../input/row.js';
import type { ActionTarget, JobSpec } from './spec.js';

/** The app that runs an action, and SOAR's type of the action. */
export interface FoundAction {
  readonly app: number | string;
  readonly type?: string | undefined;
}

type Parameters = Readonly<Record<string, Readonly<Record<string, unknown>>>> | null | undefined;

/** Finds the app that offers the action. @throws UserError if none does */
async function findAction(soar: SoarClient, { action, app }: ActionTarget): Promise<FoundAction> {
  if (app !== undefined) return { app };
  const [found] = await offers(soar, action);
  if (typeof found?.app === 'number') return { app: found.app, type: found.type ?? undefined };
  const { data } = await soar.listAppActions({ pageSize: 1_000 });
  const there = [...new Set(data.map((offer) => toSafeText(offer.action, 80)))].sort().slice(0, 20);
  throw new UserError(
    `SOAR has no app that offers the action "${action}"; there are: ${there.join(', ')}. Nothing was sent.`,
    2,
  );
}

/** Asks SOAR what the action takes. @throws UserError if no app offers it */
export async function factsOf(soar: SoarClient, { mapping, target }: JobSpec): Promise<ActionFacts> {
  const { app } = await findAction(soar, target);
  const found = await offers(soar, target.action);
  const own = found.find((offer) => String(offer.app) === String(app)) ?? found[0];
  return readFacts(mapping.parameter, own?.parameters);
}

/** What the embedded SOAR takes; it need not run yet. */
export function embeddedFacts({ mapping, target }: JobSpec): ActionFacts {
  const actions = createApps(0).flatMap(({ actions }) => actions.map(({ record }) => record));
  const own = actions.find(({ action }) => action === target.action);
  return readFacts(mapping.parameter, own?.parameters);
}

async function offers(soar: SoarClient, action: string): Promise<AppAction[]> {
  const { data } = await soar.listAppActions({ filters: { action }, pageSize: 10 });
  return data.filter((offer) => offer.action === action && typeof offer.app === 'number');
}

function readFacts(parameter: string, parameters: Parameters): ActionFacts {
  const own = parameters && Object.hasOwn(parameters, parameter) ? parameters[parameter] : undefined;
  const kinds = kindsOf(parameter, own?.['contains']);
  return parameters ? { kinds, parameters: new Set(Object.keys(parameters)) } : { kinds };
}
