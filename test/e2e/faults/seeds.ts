/** The seeds of a fault test: one in `npm test`, as many as FAULT_SEEDS says in `npm run test:faults`. */
export function seeds(): number[] {
  return Array.from({ length: Number(process.env['FAULT_SEEDS'] ?? 1) }, (_, index) => index + 1);
}

/** A reproducible source of numbers in [0, 1): a linear congruential generator with the constants of Numerical Recipes. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Prints a measured figure, for the record of a run with many seeds. */
export function note(what: string, figures: object): void {
  process.stdout.write(`${what}: ${JSON.stringify(figures)}\n`);
}
