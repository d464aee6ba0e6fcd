import fc from 'fast-check';
import { checkRunActionOptions } from '../../../src/contracts/run-action.js';
import { MAX_INLINE_RESULT_BYTES, readRunOptions, RUN_OPTION_DEFAULTS } from '../../../src/model/options.js';

const NAMES = Object.keys(RUN_OPTION_DEFAULTS);
const VALUES = fc.oneof(
  fc.constantFrom(null, '', {}, [], 0.5, '10'),
  fc.integer({ min: -5, max: MAX_INLINE_RESULT_BYTES + 5 }),
  fc.constantFrom('ask', 'resubmit', true, false),
);
const OPTIONS = fc.oneof(fc.jsonValue(), fc.dictionary(fc.constantFrom(...NAMES, 'other', '__proto__'), VALUES));

describe('the options of a run', () => {
  it.each([undefined, null, {}, 'ask', 7, []])('are the defaults where %j is given', (given) => {
    expect(readRunOptions(given)).toEqual(RUN_OPTION_DEFAULTS);
  });

  it('are taken where they are usable, each by itself', () => {
    const given = { settleSecs: 0, timeoutSecs: 0, whenUncertain: 'ask', failUnlessSuccess: 'yes', other: 1 };
    expect(readRunOptions(given)).toEqual({ ...RUN_OPTION_DEFAULTS, settleSecs: 0, whenUncertain: 'ask' });
  });

  it('are read from any JSON without an error, and have every field', () => {
    fc.assert(
      fc.property(OPTIONS, (given) => {
        expect(Object.keys(readRunOptions(given)).sort()).toEqual([...NAMES].sort());
      }),
    );
  });

  it('are all taken where the contract has accepted them', () => {
    let accepted = 0;
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...NAMES), VALUES), (given) => {
        const checked = checkRunActionOptions(given);
        if (!checked.ok) return;
        accepted += 1;
        expect(readRunOptions(given)).toEqual({ ...RUN_OPTION_DEFAULTS, ...given });
      }),
      { numRuns: 2_000 },
    );
    expect(accepted).toBeGreaterThan(100);
  });
});
