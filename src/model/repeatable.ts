import { changesSomething } from './options.js';
import type { WhenUncertain } from './options.js';

/** What is known of an action before SOAR is asked. */
export interface KnownAction {
  /** The caller's own decision. */
  readonly whenUncertain: WhenUncertain | undefined;
  /** The request's, unchecked: free text, as `investigate` or `containment`. */
  readonly type: unknown;
}

/**
 * Whether an action that may have been run may be run again without asking a person: the caller's word counts first, then the
 * request's type, then the type that SOAR's apps declare. An action of which nobody knows the type may change something.
 *
 * @param declared asks SOAR for the type; `null` if it does not say. Called only if nothing else decides
 */
export async function mayRunAgain(
  { whenUncertain, type }: KnownAction,
  declared: () => Promise<string | null>,
): Promise<boolean> {
  if (whenUncertain) return whenUncertain === 'resubmit';
  const known = typeof type === 'string' ? type : await declared();
  return known !== null && !changesSomething(known);
}
