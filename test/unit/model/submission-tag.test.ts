import fc from 'fast-check';
import {
  carriesTag,
  groupedTag,
  isMarked,
  looksTagged,
  markOf,
  markOfName,
  mayHaveBeenSubmitted,
  submissionTag,
  taggedName,
} from '../../../src/model/submission-tag.js';
import type { ExecutionIdentity } from '../../../src/model/submission-tag.js';

const FIRST: ExecutionIdentity = { runId: 'a', originalExecutionRunId: 'a', firstExecutionRunId: 'a', attempt: 1 };
const AFTER_RESET: ExecutionIdentity = { ...FIRST, runId: 'b' };
const RETRY: ExecutionIdentity = { runId: 'c', originalExecutionRunId: 'c', firstExecutionRunId: 'a', attempt: 2 };
const RETRY_AFTER_RESET: ExecutionIdentity = { ...RETRY, runId: 'd' };
const CONTINUED: ExecutionIdentity = { runId: 'e', originalExecutionRunId: 'e', firstExecutionRunId: 'a', attempt: 1 };
const CRON: ExecutionIdentity = { ...CONTINUED, cronSchedule: '@hourly' };
const CRON_RETRY: ExecutionIdentity = { ...RETRY, cronSchedule: '@hourly' };

describe('the tag of a submission', () => {
  it.each([
    ['the first execution', FIRST, 'a', false],
    ['a reset: the same submission', AFTER_RESET, 'a', true],
    ['a workflow retry: the same submission', RETRY, 'a', true],
    ['a reset of a workflow retry: the same submission', RETRY_AFTER_RESET, 'a', true],
    ['the next run of a cron schedule: another submission', CRON, 'e', false],
    [
      'a retry within a cron schedule: the submission of the run before it',
      { ...CRON_RETRY, attempt: 2, continuedFromExecutionRunId: 'z' },
      'z',
      true,
    ],
    ['a retry within a cron schedule whose first run is not known: a submission of its own', CRON_RETRY, 'c', true],
  ])('goes, in %s, by the run it belongs to', (_what, execution, runId, mayExist) => {
    expect(submissionTag(execution)).toBe(`soar-runner:${runId}`);
    expect(mayHaveBeenSubmitted(execution)).toBe(mayExist);
  });

  it('is found in the name it was put into, whatever the name', () => {
    fc.assert(
      fc.property(fc.anything(), fc.uuid(), (name, runId) => {
        const tag = `soar-runner:${runId}`;
        expect(carriesTag(taggedName(name, tag), tag)).toBe(true);
      }),
    );
  });

  it('is not found in the name of another submission', () => {
    fc.assert(
      fc.property(fc.string(), fc.uuid(), fc.uuid(), (name, one, other) => {
        fc.pre(one !== other);
        expect(carriesTag(taggedName(name, one), other)).toBe(false);
      }),
    );
  });

  it.each([null, undefined, '', 'soar-runner:a', 'x [soar-runner:ab]'])('is not found in %j', (name) => {
    expect(carriesTag(name, 'soar-runner:a')).toBe(false);
  });

  const TAG = 'soar-runner:01a2b3c4-0000-4000-8000-000000000001';

  it('is among the first hundred characters, which is all that SOAR may keep', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 300 }), fc.nat(999_999), (name, index) => {
        const tag = groupedTag(TAG, index);
        const tagged = taggedName(name, tag);
        expect(carriesTag(tagged.slice(0, 100), tag)).toBe(true);
        expect(tagged).toContain(name.trim());
      }),
    );
  });

  it.each([
    ['its whole tag', `where is it [${TAG}]`, true],
    ['a beginning of its tag, where SOAR cuts names off', `where is it [${TAG.slice(0, 24)}`, true],
    ['no name at all', null, true],
    ['the caller’s name alone', 'where is it', false],
    ['another name', 'somebody else’s', false],
    ['another workflow’s tag', `where is it [${TAG.replace('0001', '0002')}]`, false],
    ['a beginning of another workflow’s tag', 'where is it [soar-runner:01a2b3c5-00', false],
    ['too little of a tag', 'where is it [soar-runner:01', false],
    ['the tag of its group’s neighbour', `where is it [${TAG}/1]`, false],
    ['its tag without brackets', `where is it ${TAG}`, false],
  ])('says whose run it is: %s', (_what, name, isOurs) => {
    expect(isMarked(name, markOf(TAG))).toBe(isOurs);
  });

  it('of an adopted run is its whole name', () => {
    expect(markOfName('where is it')).toBe('where is it');
    expect(markOfName(`where is it [${TAG}]`)).toBe(`[${TAG}]`);
    expect(isMarked('somebody else’s', markOfName('where is it'))).toBe(false);
  });

  it('stands behind the caller’s own name', () => {
    expect(taggedName('  is it ours? ', 'soar-runner:a')).toBe('is it ours? [soar-runner:a]');
    expect(taggedName(42, 'soar-runner:a')).toBe('unnamed [soar-runner:a]');
  });
});

describe('looksTagged', () => {
  const id = '0198c6f1-2b7e-7d3a-9c55-1f2e3d4c5b6a';

  it.each([
    `x [soar-runner:${id}]`,
    `[soar-runner:${id}/3] x`,
    '[soar-runner:0198c6f1',
    '[SOAR-Runner:x]',
    '[ soar-runner : x ]',
    `［soar-runner:${id}］`,
    'a [soar\u200b-runner:x]',
    '[soar-runner:',
  ])('is true of %j', (name) => {
    expect(looksTagged(name)).toBe(true);
  });

  it.each(['block the address', 'made by soar-runner: nightly', '[soar] runner: 5', '[soar-runner]', ''])(
    'is false of %j',
    (name) => {
      expect(looksTagged(name)).toBe(false);
    },
  );

  it('keeps such a name out of the name that SOAR gets', () => {
    expect(taggedName(`x [soar-runner:${id}]`, 'soar-runner:own')).toBe('unnamed [soar-runner:own]');
  });
});
