import { roomFor } from '../../../../src/workflows/batch/queue.js';
import { mustLeave } from '../../../../src/workflows/batch/continue-as-new.js';

describe('the window of a batch', () => {
  it('is what the caller says, in action_runs, of which one child takes at most half', () => {
    expect(roomFor({ runs: 3, items: 300 }, 100, 5).runs).toBe(2);
    expect(roomFor({ runs: 0, items: 0 }, 100, 5).runs).toBe(3);
    expect(roomFor({ runs: 0, items: 0 }, 100, 1).runs).toBe(1);
    expect(roomFor({ runs: 0, items: 0 }, 1, 1_000).runs).toBe(100);
    expect(roomFor({ runs: 9, items: 9 }, 100, 5).runs).toBe(0);
  });

  it('is ten full packs, and no fewer than a thousand items, where the caller says nothing', () => {
    expect(roomFor({ runs: 9, items: 900 }, 100, undefined)).toEqual({ runs: 100, items: 100 });
    expect(roomFor({ runs: 10, items: 1_000 }, 100, undefined).runs).toBe(0);
    expect(roomFor({ runs: 5, items: 5_000 }, 1_000, undefined).runs).toBeGreaterThan(0);
    expect(roomFor({ runs: 999, items: 999 }, 1, undefined)).toEqual({ runs: 1, items: 1 });
  });

  it('is never taken as a whole by one child, so that something goes on while its last run ends', () => {
    expect(roomFor({ runs: 0, items: 0 }, 100, undefined).items).toBe(500);
  });
});

describe('the history of a batch', () => {
  const history = { historyLength: 100, historySize: 10_000, continueAsNewSuggested: false };

  it('goes on while there is room for everything in flight', () => {
    expect(mustLeave(history, { childrenInFlight: 100, carriedBytes: 1_000_000 })).toBe(false);
  });

  it.each([
    [
      { ...history, continueAsNewSuggested: true },
      { childrenInFlight: 0, carriedBytes: 0 },
    ],
    [
      { ...history, historyLength: 3_950 },
      { childrenInFlight: 10, carriedBytes: 0 },
    ],
    [
      { ...history, historySize: 3_900_000 },
      { childrenInFlight: 10, carriedBytes: 0 },
    ],
    [
      { ...history, historySize: 3_000_000 },
      { childrenInFlight: 10, carriedBytes: 900_000 },
    ],
  ])('ends before %j with %j grows over Temporal’s marks', (grown, stillToCome) => {
    expect(mustLeave(grown, stillToCome)).toBe(true);
  });
});
