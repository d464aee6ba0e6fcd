import { isJsonObject } from '../store/soar-record.js';
import { ApiError } from './api-error.js';
import type { SimContext } from './sim-env.js';

const MAX_DEPTH = 100;

/** The body of a POST, parsed. Throws an {@link ApiError} of status 400, see {@link parseBody}. */
export function bodyOf(context: SimContext): unknown {
  return parseBody(context.get('bodyText'));
}

/**
 * Parses a body as JSON, whatever its Content-Type says: some clients send none. Throws an {@link ApiError} of status 400 for
 * text that is not JSON, or is nested so deeply that writing it back would exhaust the stack.
 */
function parseBody(text: string): unknown {
  const body = parseJson(text);
  if (isDeeperThan(body, MAX_DEPTH)) throw new ApiError(400, `The body is nested deeper than ${MAX_DEPTH} levels`);
  return body;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ApiError(400, 'The body is not valid JSON');
  }
}

/** Walks level by level: recursion would be the very thing to guard against. */
function isDeeperThan(value: unknown, maxDepth: number): boolean {
  let level = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > maxDepth) return true;
    level = level.flatMap(childrenOf);
  }
  return false;
}

function childrenOf(value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  return isJsonObject(value) ? Object.values(value) : [];
}
