import type { NativeConnection } from '@temporalio/worker';
import { ConfigError, StartRefused } from '../config/read-config.js';
import { SEARCH_ATTRIBUTES } from '../model/names.js';

/** gRPC's own number. */
const GRPC_NOT_FOUND = 5;
/** Temporal's number for the type Keyword (`INDEXED_VALUE_TYPE_KEYWORD`). */
const KEYWORD = 2;

/** The namespace lacks search attributes and this worker may not create them; the message has the command that does. */
export class SearchAttributesMissing extends StartRefused {
  override readonly name = 'SearchAttributesMissing';
}

/**
 * Registers our search attributes where they are missing: a workflow that sets an unknown one hangs.
 *
 * @throws SearchAttributesMissing where the server does not let us, and ConfigError where it has no such namespace
 */
export async function ensureSearchAttributes({ operatorService }: NativeConnection, namespace: string): Promise<void> {
  const known = await operatorService
    .listSearchAttributes({ namespace })
    .catch((error: unknown) => refuse(error, namespace));
  const missing = Object.values(SEARCH_ATTRIBUTES).filter((name) => !(name in known.customAttributes));
  if (missing.length === 0) return;
  try {
    const searchAttributes = Object.fromEntries(missing.map((name) => [name, KEYWORD]));
    await operatorService.addSearchAttributes({ namespace, searchAttributes });
  } catch (error) {
    throw new SearchAttributesMissing(howToRegister(missing, namespace, error), { cause: error });
  }
}

function refuse(error: unknown, namespace: string): never {
  if (!(error instanceof Error && 'code' in error && error.code === GRPC_NOT_FOUND)) throw error;
  throw new ConfigError([`TEMPORAL_NAMESPACE names "${namespace}", which this Temporal does not have.`]);
}

function howToRegister(missing: readonly string[], namespace: string, error: unknown): string {
  const names = missing.map((name) => `--name ${name} --type Keyword`).join(' ');
  const command = `temporal operator search-attribute create --namespace ${namespace} ${names}`;
  const why = error instanceof Error ? error.message : String(error);
  return `The namespace "${namespace}" lacks search attributes and the worker could not create them (${why}). Run: ${command}`;
}
