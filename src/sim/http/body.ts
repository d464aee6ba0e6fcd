import { isDeeperThan, MAX_INPUT_DEPTH } from '../../model/depth.js';
import { ApiError } from './api-error.js';
import type { SimContext } from './sim-env.js';

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
  if (isDeeperThan(body, MAX_INPUT_DEPTH))
    throw new ApiError(400, `The body is nested deeper than ${MAX_INPUT_DEPTH} levels`);
  return body;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ApiError(400, 'The body is not valid JSON');
  }
}
