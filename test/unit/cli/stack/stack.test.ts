import { queueOfEmbeddedSoar } from '../../../../src/cli/stack/stack.js';

describe('the task queue of an embedded SOAR', () => {
  const shared = { TEMPORAL_ADDRESS: 'temporal.example.com:7233' };

  it('is its own on a Temporal that others use, the same for each command in a folder', () => {
    const { TEMPORAL_TASK_QUEUE: queue } = queueOfEmbeddedSoar(shared, 'a');
    expect(queue).toMatch(/^soar-runner-embedded-[0-9a-f]{8}$/);
    expect(queueOfEmbeddedSoar(shared, './a')).toEqual({ TEMPORAL_TASK_QUEUE: queue });
    expect(queueOfEmbeddedSoar(shared, 'b')).not.toEqual({ TEMPORAL_TASK_QUEUE: queue });
  });

  it.each([
    ['on a Temporal of its own', {}],
    ['where one is set', { ...shared, TEMPORAL_TASK_QUEUE: 'mine' }],
  ])('is the usual one %s', (_where, environment) => {
    expect(queueOfEmbeddedSoar(environment, 'a')).toEqual({});
  });
});
