/** How deep a caller's arrays and objects may be nested: writing far deeper ones as JSON would exhaust the stack. */
export const MAX_INPUT_DEPTH = 100;

/** Walks level by level: recursion would be the very thing to guard against. */
export function isDeeperThan(value: unknown, maxDepth: number): boolean {
  let level = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > maxDepth) return true;
    level = level.flatMap(childrenOf);
  }
  return false;
}

function childrenOf(value: unknown): unknown[] {
  return typeof value === 'object' && value !== null ? Object.values(value) : [];
}
