/**
 * Starts the scenarios of a file before its first test, all at once: they wait more than they work. A test asks for the one that
 * it is about, and fails where that one failed.
 *
 * @param atOnce how many go on at the same time, for scenarios that work more than they wait
 */
export function together<T>(
  scenarios: Readonly<Record<string, () => Promise<T>>>,
  atOnce = Infinity,
): (name: string) => Promise<T> {
  const started = new Map<string, Promise<T>>();
  beforeAll(() => {
    for (const [name, scenario] of Object.entries(scenarios)) {
      const before = [...started.values()][started.size - atOnce];
      const outcome = before ? before.then(scenario, scenario) : scenario();
      outcome.catch(() => undefined);
      started.set(name, outcome);
    }
  });
  // No scenario outlives its file.
  afterAll(() => Promise.allSettled(started.values()));
  return async (name) => {
    const outcome = started.get(name);
    if (!outcome) throw new Error(`There is no scenario ${name}.`);
    return outcome;
  };
}
