import fc from 'fast-check';
import { classifyActionRun, isTerminal } from '../../../src/model/run-state.js';

const KNOWN = ['pending', 'running', 'success', 'failed', 'failure', 'cancelled'];

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
    const unknown = fc.string().filter((status) => !KNOWN.includes(status));
    fc.assert(
      fc.property(unknown, fc.option(fc.string()), (status, cancelled) => {
        expect(isTerminal(classifyActionRun({ status, cancelled }))).toBe(false);
      }),
    );
  });

  it.each(['__proto__', 'constructor', 'toString', 'Success', ' success', ''])('is not taken from %j', (status) => {
    expect(classifyActionRun({ status })).toBe('unknown');
  });
});
