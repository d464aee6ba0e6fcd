/** The value below which `share` (0 to 1) of the others lie; NaN of none. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) * share)] ?? NaN;
}

/** The middle one; of an even number the lower of the two. */
export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}
