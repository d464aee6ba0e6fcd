import type { AppAction } from '../../contracts/soar.js';
import { createApps } from '../../sim/apps/index.js';
import type { SoarClient } from '../../soar/client.js';
import { kindsOf } from '../input/indicator/kinds.js';
import type { ActionFacts } from '../input/row.js';
import type { JobSpec } from './spec.js';
import { notOffered } from './target.js';

type Parameters = Readonly<Record<string, Readonly<Record<string, unknown>>>> | null | undefined;

/** Asks SOAR what the action takes. @throws UserError if no app offers it, and none is named */
export async function factsOf(soar: SoarClient, { mapping, target }: JobSpec): Promise<ActionFacts> {
  const found = await offers(soar, target.action);
  if (found.length === 0 && target.app === undefined)
    throw notOffered(target.action, (await soar.listAppActions({ pageSize: 1_000 })).data);
  const own = found.find((offer) => String(offer.app) === target.app) ?? found[0];
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
