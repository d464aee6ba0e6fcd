const LOOK_INTERVAL_MS = 250;

/** Looks at something while a trial goes on. */
export interface Watch {
  /** Looks no more. @returns the median of the second half of what was seen: what it settled at, once all was warm */
  settled(): number;
}

/** Begins to look at `value`. */
export function watch(value: () => number): Watch {
  const seen: number[] = [];
  const timer = setInterval(() => seen.push(value()), LOOK_INTERVAL_MS);
  return {
    settled: () => {
      clearInterval(timer);
      const late = seen.slice(Math.floor(seen.length / 2)).sort((a, b) => a - b);
      return late[Math.floor(late.length / 2)] ?? value();
    },
  };
}
