import type { NativeConnection } from '@temporalio/worker';
import { ConfigError, StartRefused } from '../config/read-config.js';
import { SEARCH_ATTRIBUTES } from '../model/search-attributes.js';
import { shellWord } from '../model/text.js';

/** gRPC's own numbers. */
const GRPC_INVALID_ARGUMENT: unknown = 3;
const GRPC_NOT_FOUND: unknown = 5;
/** Temporal's number for the type Keyword (`INDEXED_VALUE_TYPE_KEYWORD`). */
const KEYWORD = 2;
/** Custom Keywords of a namespace, if Temporal keeps its lists in SQLite, MySQL or PostgreSQL. */
const ROOM = 10;

/** The namespace lacks search attributes and this worker may not create them; the message has the command that mends it. */
export class SearchAttributesMissing extends StartRefused {
  override readonly name = 'SearchAttributesMissing';
}

/**
 * Registers our search attributes where they are missing: a workflow that sets an unknown one hangs. All of them are needed: one
 * that is left out would have to be left out by every workflow, also by those that an older worker has begun.
 *
 * @throws SearchAttributesMissing if the server does not let us, and ConfigError if it has no such namespace
 */
export async function ensureSearchAttributes({ operatorService }: NativeConnection, namespace: string): Promise<void> {
  const { customAttributes: known } = await operatorService
    .listSearchAttributes({ namespace })
    .catch((error: unknown) => refuse(error, namespace));
  const own = Object.values(SEARCH_ATTRIBUTES);
  const wrong = own.filter((name) => name in known && Number(known[name]) !== KEYWORD);
  if (wrong.length > 0) throw new SearchAttributesMissing(howToReplace(wrong, namespace));
  const missing = own.filter((name) => !(name in known));
  if (missing.length === 0) return;
  try {
    const searchAttributes = Object.fromEntries(missing.map((name) => [name, KEYWORD]));
    await operatorService.addSearchAttributes({ namespace, searchAttributes });
  } catch (error) {
    const keywords = Object.keys(known).filter((name) => Number(known[name]) === KEYWORD);
    const isFull = codeOf(error) === GRPC_INVALID_ARGUMENT && keywords.length + missing.length > ROOM;
    const others = keywords.filter((name) => !own.some((each) => each === name)).sort();
    const how = isFull ? howToMakeRoom(missing, others, namespace) : howToRegister(missing, namespace, error);
    throw new SearchAttributesMissing(how, { cause: error });
  }
}

function refuse(error: unknown, namespace: string): never {
  if (codeOf(error) !== GRPC_NOT_FOUND) throw error;
  throw new ConfigError([`TEMPORAL_NAMESPACE names "${namespace}", which this Temporal does not have.`]);
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

function howToRegister(missing: readonly string[], namespace: string, error: unknown): string {
  const why = error instanceof Error ? error.message : String(error);
  const command = commandFor('create', namespace, missing, ' --type Keyword');
  return `The namespace "${namespace}" lacks search attributes and the worker could not create them (${why}). Run: ${command}`;
}

function howToReplace(wrong: readonly string[], namespace: string): string {
  return (
    `The namespace "${namespace}" has ${wrong.join(', ')}, but not as a search attribute of type Keyword. ` +
    `Remove it, and the worker makes it anew:\n  ${commandFor('remove', namespace, wrong)}`
  );
}

const OWN_NAMESPACE = 'soar-runner';

/** Nobody but its owner knows whether a search attribute is still used: a namespace of its own comes first. */
function howToMakeRoom(missing: readonly string[], others: readonly string[], namespace: string): string {
  const tooMany = others.length + Object.keys(SEARCH_ATTRIBUTES).length - ROOM;
  return [
    `The namespace "${namespace}" has room for ${missing.length - tooMany} more search attributes of type Keyword, and the worker ` +
      `needs ${missing.length}: Temporal has room for ten. These are of others: ${others.join(', ')}.`,
    `Make a namespace for soar-runner, and set TEMPORAL_NAMESPACE=${OWN_NAMESPACE} (for callers, too):`,
    `  temporal operator namespace create --namespace ${OWN_NAMESPACE}`,
    `Or remove ${tooMany} that no workflow uses any more, for example, if that is true of these:`,
    `  ${commandFor('remove', namespace, others.slice(0, tooMany))}`,
  ].join('\n');
}

function commandFor(what: 'create' | 'remove', namespace: string, names: readonly string[], suffix = ''): string {
  const named = names.map((name) => `--name ${shellWord(name)}${suffix}`).join(' ');
  return `temporal operator search-attribute ${what} --namespace ${shellWord(namespace)} ${named}`;
}
