const Sequencer = require('@jest/test-sequencer').default;

/** Those that take minutes, the longest first: begun last, each would keep all others waiting. */
const LONGEST = [
  'faults/restored-soar',
  'faults/killed-worker',
  'main-job/unread-results',
  'main-job/batch',
  'faults/late-commit',
  'workflows/time',
  'workflows/streamed-batch',
  'main-job/wrong-uses',
  'main-job/interrupted',
  'faults/soar-away',
  'faults/watches',
  'workflows/grouped-batch',
];

module.exports = class LongestFirst extends Sequencer {
  sort(tests) {
    const rank = ({ path }) => {
      const index = LONGEST.findIndex((name) => path.includes(name));
      return index < 0 ? LONGEST.length : index;
    };
    return [...super.sort(tests)].sort((a, b) => rank(a) - rank(b));
  }
};
