import { summarizeActionRun } from '../../../src/activities/find.js';
import { jsonBytes } from '../../../src/model/json.js';

const RUN = { id: 7, status: 'success', message: 'fine', name: 'a run', targets: [{ app_id: 1, assets: ['maxmind'] }] };
const HUGE = 'x'.repeat(3_000_000);

describe('an action_run in a payload', () => {
  it('is as SOAR sent it while it is small', () => {
    expect(summarizeActionRun(RUN)).toEqual(RUN);
  });

  it('leaves large targets out, and says so', () => {
    const targets = [{ app_id: 1, parameters: [{ note: HUGE }] }];
    const { targets: _large, ...rest } = RUN;
    expect(summarizeActionRun({ ...RUN, targets })).toEqual({ ...rest, targetsOmitted: true });
  });

  it.each(['message', 'name', 'comment', 'cancelled', 'status', 'something_new'])(
    'stays small however long its %s is',
    (field) => {
      const summary = summarizeActionRun({ ...RUN, [field]: HUGE });
      expect(summary.id).toBe(7);
      expect(jsonBytes(summary)).toBeLessThan(200_000);
    },
  );
});
