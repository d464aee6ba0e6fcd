import fc from 'fast-check';
import { checkRunActionOptions } from '../../../src/contracts/run-action.js';
import { RUN_OPTION_DEFAULTS } from '../../../src/model/options.js';

const NAMES = Object.keys(RUN_OPTION_DEFAULTS);

describe('the options of a run', () => {
  it.each([undefined, null, {}])('are the defaults where %j is given', (given) => {
    expect(checkRunActionOptions(given)).toEqual({ ok: true, value: RUN_OPTION_DEFAULTS });
  });

  it('count a null as absent, each by itself', () => {
    fc.assert(
      fc.property(fc.subarray(NAMES), (names) => {
        const given = Object.fromEntries(names.map((name) => [name, null]));
        expect(checkRunActionOptions(given)).toEqual({ ok: true, value: RUN_OPTION_DEFAULTS });
      }),
    );
  });

  it.each([
    [{ timeoutSecs: 0 }, 'timeoutSecs: must be 1 to 315,360,000 seconds, was 0'],
    [{ settleSecs: -1 }, 'settleSecs: must be 0 to 3,600 seconds, was -1'],
    [{ submitPatienceSecs: 'long' }, 'submitPatienceSecs: must be a number of seconds'],
    [{ inlineResultBytes: 2_000_000 }, 'inlineResultBytes: must be 0 to 1,048,576 bytes, was 2000000'],
    [{ whenUncertain: 'maybe' }, 'whenUncertain: must be "resubmit" or "ask"'],
    [{ failUnlessSuccess: 'yes' }, 'failUnlessSuccess: must be true or false'],
    [{ timeout_secs: 5 }, 'timeout_secs: is not known; did you mean timeoutSecs?'],
    [{ settleSec: 5 }, 'settleSec: is not known; did you mean settleSecs?'],
    [{ other: 5 }, expect.stringMatching(/^other: is not known; there are: /) as string],
  ])('are refused with what would be right: %j', (given, problem) => {
    expect(checkRunActionOptions(given)).toEqual({ ok: false, problems: [problem] });
  });
});
