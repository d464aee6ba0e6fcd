/** Places in a row as `[first, count]`: a whole pack is one pair. */
export type Ranges = readonly (readonly [first: number, count: number])[];

/** Neighbouring places as pairs, in their order. */
export function toRanges(places: readonly number[]): [first: number, count: number][] {
  const ranges: [number, number][] = [];
  for (const place of places) {
    const last = ranges.at(-1);
    if (last && last[0] + last[1] === place) last[1] += 1;
    else ranges.push([place, 1]);
  }
  return ranges;
}

/** The places in {@link toRanges}'s pairs; no more than `most`, because a pair can say that there are a billion. */
export function fromRanges(ranges: Ranges, most: number): number[] {
  const places: number[] = [];
  for (const [first, count] of ranges) {
    for (let index = 0; index < count && places.length < most; index += 1) places.push(first + index);
  }
  return places;
}

/** Places from 0 as people count, from 1: `rows 1-100, 205`. */
export function rowsText(places: readonly number[]): string {
  const ranges = toRanges([...places].sort((a, b) => a - b));
  const texts = ranges.map(([first, count]) => (count === 1 ? String(first + 1) : `${first + 1}-${first + count}`));
  return `${places.length === 1 ? 'row' : 'rows'} ${texts.join(', ')}`;
}
