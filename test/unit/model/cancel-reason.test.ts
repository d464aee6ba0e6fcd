import fc from 'fast-check';
import { readCancelReason } from '../../../src/model/text.js';

describe('the reason of a cancel', () => {
  it.each([
    ['a string', 'wrong host', 'wrong host'],
    ['an object with a reason', { reason: 'wrong host', by: 'ana' }, 'wrong host'],
    ['nothing', undefined, undefined],
    ['null', null, undefined],
    ['an empty string', '', undefined],
    ['an object without a reason', { because: 'x' }, undefined],
    ['a reason that is no text', { reason: 7 }, undefined],
    ['a list', ['wrong host'], undefined],
  ])('is read from %s', (_what, argument, reason) => {
    expect(readCancelReason(argument)).toBe(reason);
  });

  it('is never an error and never longer than 1,000 characters', () => {
    fc.assert(
      fc.property(fc.oneof(fc.anything(), fc.string({ minLength: 900, maxLength: 2_000 })), (argument) => {
        expect((readCancelReason(argument) ?? '').length).toBeLessThanOrEqual(1_000);
      }),
    );
  });
});
