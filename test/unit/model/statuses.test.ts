import fc from 'fast-check';
import { classifyActionRun, isTerminal } from '../../../src/model/run-state.js';

const KNOWN = /^\s*(?:pending|queued|running|success(?:ful)?|succeeded|fail(?:ed|ure)?|error(?:ed)?|cancell?ed)\s*$/i;

describe('the status of an action_run', () => {
  it.each([
    ['pending', '', 'waiting', false],
    ['running', '', 'running', false],
    ['success', '', 'succeeded', true],
    ['failed', '', 'failed', true],
    ['failed', null, 'failed', true],
    ['failed', 'by admin', 'cancelled', true],
    ['failure', '', 'failed', true],
    ['failure', 'by admin', 'cancelled', true],
    ['cancelled', '', 'cancelled', true],
    ['success', 'too late', 'succeeded', true],
    ['running', 'a cancel is under way', 'running', false],
  ])('%s with cancelled %j is classed as %s', (status, cancelled, expected, terminal) => {
    const statusClass = classifyActionRun({ status, cancelled });
    expect([statusClass, isTerminal(statusClass)]).toEqual([expected, terminal]);
  });

  it('is never an end where nobody knows the word', () => {
    const unknown = fc.string().filter((status) => !KNOWN.test(status));
    fc.assert(
      fc.property(unknown, fc.option(fc.string()), (status, cancelled) => {
        expect(isTerminal(classifyActionRun({ status, cancelled }))).toBe(false);
      }),
    );
  });

  it.each([
    ['Success', 'succeeded'],
    [' success', 'succeeded'],
    ['succeeded', 'succeeded'],
    ['canceled', 'cancelled'],
    ['ERROR', 'failed'],
    ['fail', 'failed'],
  ])('is taken from a close spelling: %j', (status, expected) => {
    expect(classifyActionRun({ status })).toBe(expected);
  });

  it.each(['__proto__', 'constructor', 'toString', 'timeout', 'skipped', 'success?', ''])(
    'is not taken from %j',
    (status) => {
      expect(classifyActionRun({ status })).toBe('unknown');
    },
  );
});
