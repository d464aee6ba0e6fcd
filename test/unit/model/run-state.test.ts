import fc from 'fast-check';
import { describeRun, initialRunState } from '../../../src/model/run-state.js';
import type { ApprovalNotice, RunState } from '../../../src/model/run-state.js';

const CONTROLS = Array.from('\\`*_{}[]<>#|!~');
const UNITS = [...CONTROLS, ...Array.from('ab :/\n\r\t-+.()'), '://'];
const HOSTILE = fc.string({ unit: fc.constantFrom(...UNITS), maxLength: 80 });
const APPROVAL: ApprovalNotice = {
  id: 3,
  status: 'pending',
  type: 'asset',
  owner: 'admin',
  ownerType: 'User',
  dueTime: '2019-08-20T05:38:05Z',
};

function state(fields: Partial<RunState>): RunState {
  return { ...initialRunState('geolocate ip'), ...fields };
}

/** What a Markdown reader would see as markup: every control, and every colon of a link, that no backslash stands before. */
function bareControls(markdown: string): string[] {
  const found = markdown.match(/\\[^]|[\\`*_{}[\]<>#|!~$]|(?<=mailto|xmpp):|:(?=\/\/)/gi) ?? [];
  return found.filter(({ length }) => length === 1);
}

describe('the page of a run in Markdown', () => {
  it('says at the start what is under way', () => {
    expect(describeRun(initialRunState('geolocate ip'))).toBe(
      '**geolocate ip** · submitting\n\nSubmitting the action to SOAR.',
    );
  });

  it('says everything that is known of a run', () => {
    const text = describeRun(
      state({
        phase: 'awaitingApproval',
        actionRunId: 51,
        status: 'pending',
        message: 'waiting for approval',
        approvals: [APPROVAL],
        submissions: 2,
        cancel: { accepted: false, message: 'too late', reason: 'wrong host' },
      }),
    );
    expect(text.split('\n\n')).toEqual([
      '**geolocate ip** · awaitingApproval',
      'SOAR waits for a person.',
      'SOAR **action_run 51**: pending',
      '> waiting for approval',
      'Approval 3 (asset) asks **admin**: pending until 2019-08-20 05:38 UTC.',
      'The action was POSTed 2 times; surplus runs are cancelled and reported.',
      'Cancel refused (reason: wrong host): too late',
    ]);
  });

  it('links the run to SOAR’s own page of it', () => {
    const actionRunUrl = 'https://soar.example.com/browse/<51>';
    expect(describeRun(state({ actionRunId: 51, actionRunUrl }))).toContain(
      'SOAR [action_run 51](https://soar.example.com/browse/%3C51%3E): queued',
    );
  });

  it('says when a delayed action is due, and at the end its outcome', () => {
    expect(describeRun(state({ phase: 'delayed', dueTime: '2026-01-01T00:00:00Z' }))).toContain(
      'Due 2026-01-01 00:00 UTC.',
    );
    expect(describeRun(state({ phase: 'done', outcome: 'timedOut' }))).toMatch(/^\*\*geolocate ip\*\* · timedOut\n/);
  });

  it('lets no markup of SOAR’s texts through', () => {
    const plain = bareControls(describeRun(withTexts('plain')));
    fc.assert(
      fc.property(HOSTILE, (text) => {
        expect(bareControls(describeRun(withTexts(`x${text}`)))).toEqual(plain);
      }),
    );
  });

  it('keeps every text on its own line, so that none begins a heading, a list or a quote', () => {
    const lines = describeRun(withTexts('plain')).split('\n').length;
    fc.assert(
      fc.property(HOSTILE, (text) => {
        expect(describeRun(withTexts(`x${text}`)).split('\n')).toHaveLength(lines);
      }),
    );
  });

  it('stays short however long SOAR’s texts are', () => {
    expect(describeRun(withTexts('x'.repeat(100_000))).length).toBeLessThan(5_000);
  });

  /** A run in which every free text that comes from outside is `text`. */
  function withTexts(text: string): RunState {
    return state({
      action: text,
      actionRunId: 51,
      status: text,
      message: text,
      approvals: [{ ...APPROVAL, owner: text, type: text, status: text, dueTime: text }],
      cancel: { accepted: true, message: text, reason: text },
    });
  }
});
