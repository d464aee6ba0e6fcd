import fc from 'fast-check';
import { whyOtherRun } from '../../../src/model/wanted-run.js';

const wanted = {
  action: 'block ip',
  container_id: '7',
  targets: [{ app_id: 1, assets: ['fw'], parameters: [{ ip: '192.0.2.1', n: 1 }] }],
};
const run = (extra: object = {}) => ({ action: 'block ip', container: 7, targets: wanted.targets, ...extra });
const given = (...parameters: object[]) => run({ targets: [{ app_id: 'a GUID', assets: [3], parameters }] });

describe('whyOtherRun', () => {
  it.each<[string, object]>([
    ['the same', run()],
    ['the action in other letters', run({ action: 'Block IP' })],
    ['assets and app by other names', given({ ip: '192.0.2.1', n: 1 })],
    [
      'numbers as text, defanged, with SOAR’s context',
      given({ ip: '192[.]0[.]2[.]1 ', n: '1', context: { guid: 'x' } }),
    ],
    ['what SOAR hides', given({ ip: '********', n: 1 })],
    ['what SOAR does not show', { action: null, container: undefined, targets: null }],
    ['targets without their parameters', run({ targets: [{ app_id: 1 }] })],
  ])('has nothing against %s', (_what, seen) => {
    expect(whyOtherRun(wanted, seen)).toBeUndefined();
  });

  it.each<[string, object, string]>([
    ['another action', run({ action: 'unblock ip' }), 'it is “unblock ip” in container 7'],
    ['another container', run({ container: 77 }), 'it is “block ip” in container 77'],
    ['another value', given({ ip: '192.0.2.2', n: 1 }), 'it has other parameters'],
    ['a parameter less', given({ ip: '192.0.2.1' }), 'it has other parameters'],
    ['a parameter more', given({ ip: '192.0.2.1', n: 1, dry_run: true }), 'it has other parameters'],
    ['a set more', given({ ip: '192.0.2.1', n: 1 }, {}), 'it has other parameters'],
    ['no sets', given(), 'it has other parameters'],
    ['a target more', run({ targets: [...wanted.targets, ...wanted.targets] }), 'it has other parameters'],
  ])('says of %s what it is', (_what, seen, why) => {
    expect(whyOtherRun(wanted, seen)).toBe(why);
  });

  it('takes a run of whatever was sent for it, and none of anything else', () => {
    const sets = fc.array(fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.integer(), fc.boolean())), {
      maxLength: 4,
    });
    const of = (parameters: unknown) => ({ action: 'a', container_id: 1, targets: [{ parameters }] });
    const seen = (parameters: unknown) => ({ action: 'a', container: 1, targets: [{ parameters }] });
    fc.assert(
      fc.property(sets, sets, (own, other) => {
        expect(whyOtherRun(of(own), seen(own))).toBeUndefined();
        if (own.length !== other.length) expect(whyOtherRun(of(own), seen(other))).toBeDefined();
      }),
    );
  });
});
