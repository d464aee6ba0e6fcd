import { describeBatch, pace } from '../../../src/model/batch/batch-progress.js';

describe('the details of a batch', () => {
  const progress = {
    total: 12,
    distinct: 10,
    done: 4,
    succeeded: 3,
    failed: 1,
    reused: 0,
    itemsWaiting: 5,
    childrenStarted: 3,
    closed: true,
    runsInFlight: 1,
    paused: false,
    cancelRequested: false,
    startTime: '2026-01-01T00:00:00.000Z',
    itemsPerSecond: 2,
    secondsLeft: 3,
  };

  it('count items and runs', () => {
    const text = describeBatch('geolocate ip', progress, 'running');
    expect(text).toContain('12 items, 10 of them different');
    expect(text).toContain('4 done: 3 succeeded, 1 failed');
    expect(text).toContain('1 action_runs in flight, 5 items waiting');
  });

  it('say that it is paused and how it goes on', () => {
    expect(describeBatch('geolocate ip', { ...progress, paused: true }, 'paused')).toContain('signal `resume`');
  });

  it('leave no Markdown of the action’s name', () => {
    expect(describeBatch('a*b_[c]', progress, 'running')).toContain('a\\*b\\_\\[c\\]');
  });
});

describe('the pace of a batch', () => {
  it('is what was done since the start, and the time left at that rate', () => {
    expect(pace(50, 150, 10_000)).toEqual({ itemsPerSecond: 5, secondsLeft: 30 });
  });

  it('says nothing of the time left while nothing is done', () => {
    expect(pace(0, 10, 5_000)).toEqual({ itemsPerSecond: 0, secondsLeft: null });
    expect(pace(0, 10, 0)).toEqual({ itemsPerSecond: 0, secondsLeft: null });
  });
});
