import { z } from 'zod';
import { createApps } from '../../sim/apps/index.js';
import { appActionSchema, pageSchema } from '../../contracts/soar.js';
import type { AppAction } from '../../contracts/soar.js';
import { checkWith } from '../../contracts/validate.js';
import { meaningOf, SOAR_ERROR_CODES } from '../../model/error-codes.js';
import type { Caller } from '../../soar/caller.js';
import type { SoarClient } from '../../soar/client.js';
import { SoarError, toSafeText } from '../../soar/soar-error.js';
import type { ListQuery } from '../../soar/query.js';
import { kindsOf } from '../input/indicator/kinds.js';
import type { ActionFacts } from '../input/row.js';
import { UserError } from '../errors.js';
import type { JobSpec } from './spec.js';

/** The app that runs the action, and SOAR's type of the action if SOAR tells. */
export interface FoundTarget {
  readonly app: number | string;
  readonly type?: string | undefined;
}

const ofId = z.looseObject({ id: z.int() });
const inventorySchema = z.object({
  apps: z.array(z.looseObject({ id: z.int(), appid: z.string().nullish() })).nullish(),
  assets: z.array(z.looseObject({ id: z.int(), name: z.string(), apps: z.array(z.int()).nullish() })),
});
type Inventory = z.infer<typeof inventorySchema>;

const asContainer = checkWith(ofId);
const asContainers = checkWith(pageSchema(ofId));
const asActions = checkWith(pageSchema(appActionSchema));
const asInventory = checkWith(inventorySchema);

/**
 * Looks up container, action, app and asset of a job in SOAR, before anything is sent. What the token may not see is not checked.
 *
 * @throws UserError that says what SOAR does not have, and what it has; SoarError if SOAR does not answer
 */
export async function lookUpTarget(caller: Caller, { source, target }: JobSpec): Promise<FoundTarget> {
  const containers = [target.container, ...(source.kind === 'container' ? [String(source.container)] : [])];
  for (const container of new Set(containers)) await requireContainer(caller, container);
  const offers = await listActions(caller, { filters: { action: target.action } });
  const named = offers.filter(({ action, app }) => action === target.action && typeof app === 'number');
  if (named.length === 0) throw notOffered(target.action, await listActions(caller, {}));
  const inventory = await unlessHidden(() => caller.get('/build_action', asInventory));
  const ofApp = target.app === undefined ? named : offersOf(target.app, target.action, named, inventory);
  const found = offerOn(target.asset, ofApp, inventory);
  return { app: target.app ?? found.app ?? '', type: found.type ?? undefined };
}

/** Tokens differ in what they may read; an older or newer SOAR may answer in another form. */
async function unlessHidden<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (isUnseen(error) || isUnknown(error)) return undefined;
    throw error;
  }
}

function isUnseen(error: unknown): boolean {
  return error instanceof SoarError && meaningOf(error.code).unseen === true;
}

function isUnknown(error: unknown): boolean {
  return error instanceof SoarError && error.code === SOAR_ERROR_CODES.NOT_FOUND;
}

const SHOWN = 20;

function refused(missing: string, what: string, there: readonly (string | number)[]): UserError {
  const different = [...new Set(there.map((name) => toSafeText(String(name), 80)))];
  const more = different.length > SHOWN ? ', …' : '';
  const known = different.length > 0 ? `${what}: ${different.slice(0, SHOWN).join(', ')}${more}` : `there is none`;
  return new UserError(`SOAR has ${missing}; ${known}. Nothing was sent.`, 2);
}

async function requireContainer(caller: Caller, id: string): Promise<void> {
  try {
    await caller.get(`/container/${id}`, asContainer);
  } catch (error) {
    if (isUnseen(error)) return;
    if (!isUnknown(error)) throw error;
    const newest = { sort: 'id', order: 'desc', pageSize: 5 } as const;
    const page = await unlessHidden(() => caller.get('/container', asContainers, newest));
    // Without a list, it may be the path that this SOAR does not know.
    if (page)
      throw refused(
        `no container ${id}`,
        'the newest are',
        page.data.map((container) => container.id),
      );
  }
}

async function listActions(caller: Caller, query: ListQuery): Promise<AppAction[]> {
  return (await caller.get('/app_action', asActions, { pageSize: 1_000, ...query })).data;
}

/** What is said of an action that no app offers: what there is. */
function notOffered(action: string, all: readonly AppAction[]): UserError {
  const there = all.map((offer) => offer.action).sort();
  return refused(`no app that offers the action "${action}"`, 'there are', there);
}

/** The offers of one app, named by number or GUID. A GUID that the token cannot look up stays unchecked. */
function offersOf(
  app: string,
  action: string,
  offers: readonly AppAction[],
  inventory: Inventory | undefined,
): readonly AppAction[] {
  const apps = inventory?.apps ?? undefined;
  const isGuid = !/^\d+$/.test(app);
  if (isGuid && !apps) return offers;
  const number = isGuid ? apps?.find(({ appid }) => appid?.toLowerCase() === app.toLowerCase())?.id : Number(app);
  const ofApp = offers.filter((offer) => offer.app === number);
  if (ofApp.length > 0) return ofApp;
  throw refused(
    `no app ${app} that offers "${action}"`,
    'it is offered by app',
    offers.map((offer) => offer.app ?? ''),
  );
}

/** The first offer whose app has the asset. */
function offerOn(asset: string, offers: readonly AppAction[], inventory: Inventory | undefined): FoundOffer {
  const [first] = offers;
  const ofApps = inventory?.assets.filter(
    ({ apps }) => !apps || offers.some(({ app }) => typeof app === 'number' && apps.includes(app)),
  );
  if (!ofApps) return first ?? {};
  const isNamed = ({ id, name }: { id: number; name: string }): boolean =>
    name.toLowerCase() === asset.toLowerCase() || String(id) === asset;
  const found = ofApps.find(isNamed);
  if (found) return offers.find(({ app }) => typeof app === 'number' && found.apps?.includes(app)) ?? first ?? {};
  const apps = [...new Set(offers.map(({ app }) => app))].join(' or ');
  throw refused(
    `no asset "${asset}" for app ${apps}`,
    'there are',
    ofApps.map(({ name }) => name),
  );
}

type FoundOffer = Pick<AppAction, 'app' | 'type'>;

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
