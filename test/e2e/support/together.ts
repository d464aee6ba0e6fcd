/**
 * Starts all scenarios of a file at once, before its first test: they wait more than they work. A test asks for the one that it
 * is about, and fails where that one failed.
 */
export function together<T>(scenarios: Readonly<Record<string, () => Promise<T>>>): (name: string) => Promise<T> {
  const started = new Map<string, Promise<T>>();
  beforeAll(() => {
    for (const [name, scenario] of Object.entries(scenarios)) {
      const outcome = scenario();
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
