import {
  canonicalJson,
  isDeeperThan,
  isObject,
  jsonBytes,
  MAX_INPUT_DEPTH,
  UNSAFE_INTEGER,
  PROTO_FIELD,
  protoFieldIn,
  unsafeIntegerIn,
} from '../json.js';
import { cut } from '../text.js';

/** One row of a batch: a parameter set and, under the batch's `requestFields`, where it runs. */
export type BatchItem = Readonly<Record<string, unknown>>;

/** Fields of an item that can say where it runs, by SOAR's names. */
export const REQUEST_FIELDS = ['container_id', 'app_id', 'assets'] as const;
export type RequestField = (typeof REQUEST_FIELDS)[number];

/** A distinct item that waits. */
export interface Entry {
  /** Its place among the distinct items, in the order of their first appearance. */
  readonly place: number;
  readonly item: BatchItem;
}

/** What an item says about where it runs: items of one action_run must say the same. */
export function targetOf(item: BatchItem, fields: readonly RequestField[]): BatchItem {
  return Object.fromEntries(fields.filter((field) => field in item).map((field) => [field, item[field]]));
}

/** The item's parameter set: all of it that is not about where it runs. */
export function parametersOf(item: BatchItem, fields: readonly RequestField[]): BatchItem {
  const isParameter = ([name]: [string, unknown]): boolean => !fields.some((field) => field === name);
  return fields.length === 0 ? item : Object.fromEntries(Object.entries(item).filter(isParameter));
}

/** Equal for items that can share an action_run. */
export function targetKey(item: BatchItem, fields: readonly RequestField[]): string {
  return fields.length === 0 ? '' : canonicalJson(targetOf(item, fields));
}

/** Argument of update `addItems`: the items, or the items with their place in the whole. */
export type AddItems = readonly BatchItem[] | { readonly items: readonly BatchItem[]; readonly offset?: number };

/** One page of items. */
export interface ItemPage {
  readonly items: readonly BatchItem[];
  /** How many items were given before this page; without it the page follows what is there. */
  readonly offset: number | undefined;
}

/** The answer to `addItems`. */
export interface PageReceipt {
  /** Items received so far, this page included. */
  readonly total: number;
  readonly distinct: number;
  /** Place of each item that was taken among the distinct ones, neighbours as `[first, count]`. */
  readonly places: readonly (readonly [first: number, count: number])[];
}

export const MAX_PAGE_ITEMS = 1_000;
/** As JSON in UTF-8. */
export const MAX_PAGE_BYTES = 128 * 1024;

/** The page that an argument of `addItems` is, once {@link problemOfPage} has found nothing wrong with it. */
export function toItemPage(argument: AddItems): ItemPage {
  return 'items' in argument
    ? { items: argument.items, offset: argument.offset }
    : { items: argument, offset: undefined };
}

/** What is wrong with an argument of `addItems`, beginning with the field; undefined if nothing is. */
export function problemOfPage(argument: unknown, requestFields: readonly RequestField[]): string | undefined {
  const page = Array.isArray(argument) ? { items: argument } : argument;
  if (!isObject(page)) return 'items: must be a list of parameter sets, or { items, offset }.';
  const { items, offset } = page;
  if (offset !== undefined && !isCount(offset)) return 'offset: must be a whole number from 0.';
  if (!Array.isArray(items) || items.length === 0) return 'items: must be a list of at least one parameter set.';
  if (items.length > MAX_PAGE_ITEMS) return `items: must be at most ${MAX_PAGE_ITEMS} a page, not ${items.length}.`;
  return problemOfItems(items, requestFields);
}

function problemOfItems(items: readonly unknown[], requestFields: readonly RequestField[]): string | undefined {
  for (const [index, item] of items.entries()) {
    const problem = problemOfItem(item, requestFields);
    if (problem !== undefined) return `items[${index}]${problem}`;
  }
  const bytes = jsonBytes(items);
  return bytes <= MAX_PAGE_BYTES
    ? undefined
    : `items: must be at most ${MAX_PAGE_BYTES} bytes of JSON a page, not ${bytes}.`;
}

/** A field's name is a caller's text, too. */
const MAX_PATH_CHARACTERS = 200;

/** What is wrong with an item, beginning with the field; undefined if nothing is. */
export function problemOfItem(item: unknown, requestFields: readonly RequestField[]): string | undefined {
  if (!isObject(item)) return ': must be an object: one parameter set, as {"ip": "192.0.2.1"}.';
  if (isDeeperThan(item, MAX_INPUT_DEPTH)) return `: must not be nested deeper than ${MAX_INPUT_DEPTH} levels.`;
  const unsafe = unsafeIntegerIn(item);
  if (unsafe !== undefined) return `.${cut(unsafe.join('.'), MAX_PATH_CHARACTERS)}: ${UNSAFE_INTEGER}.`;
  const proto = protoFieldIn(item);
  if (proto !== undefined) return `.${cut(proto.join('.'), MAX_PATH_CHARACTERS)}: ${PROTO_FIELD}.`;
  const wrong = requestFields.find((field) => field in item && !CHECKS[field](item[field]));
  return wrong && `.${wrong}: ${EXPECTED[wrong]}.`;
}

const CHECKS: Readonly<Record<RequestField, (value: unknown) => boolean>> = {
  container_id: isId,
  app_id: (value) => isId(value) || isName(value),
  assets: (value) => Array.isArray(value) && value.length > 0 && value.every(isAsset),
};

const EXPECTED: Readonly<Record<RequestField, string>> = {
  container_id: 'must be a number from 1, or such a number as text',
  app_id: 'must be a number from 1, or a GUID',
  assets: 'must be a list of at least one asset, by number or name',
};

function isAsset(value: unknown): boolean {
  return value === 0 || isId(value) || isName(value);
}

function isName(value: unknown): boolean {
  return typeof value === 'string' && /\S/.test(value);
}

function isId(value: unknown): boolean {
  return (isCount(value) && value > 0) || (typeof value === 'string' && /^0*[1-9]\d{0,15}$/.test(value));
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

/** A request as far as its place and its parameters are concerned. */
interface Targeted {
  readonly targets: readonly object[];
}

/** The request of one action_run of a batch: the batch's own, with what its items say of where it runs. */
export function requestOf<T extends Targeted>(request: T, target: BatchItem, parameters: readonly BatchItem[]): T {
  const { container_id, ...ofTarget } = target;
  const targets = request.targets.map((given) => ({ ...given, ...ofTarget, parameters: [...parameters] }));
  return { ...request, ...(container_id === undefined ? {} : { container_id }), targets };
}
