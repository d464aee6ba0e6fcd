import { groupedTag, indexInGroup, taggedName } from '../../../src/model/submission-tag.js';
import { requestOf } from '../../../src/model/batch/batch-item.js';

const TAG = 'soar-runner:0199-run';

describe('a run of a group', () => {
  it('is found by its name among all others', () => {
    expect(indexInGroup(taggedName('where is it', groupedTag(TAG, 17)), TAG)).toBe(17);
    expect(indexInGroup(taggedName('a [soar-runner:other/3] name', groupedTag(TAG, 4)), TAG)).toBe(4);
  });

  it.each([
    null,
    undefined,
    '',
    'x [soar-runner:other/1]',
    `x [${TAG}]`,
    `x [${TAG}/]`,
    `x [${TAG}/1`,
    `x [${TAG}/-1]`,
  ])('is not seen in the name %j', (name) => {
    expect(indexInGroup(name, TAG)).toBeUndefined();
  });

  it('has the batch’s request, and of its items where it runs', () => {
    const request = { name: 'n', container_id: 1, targets: [{ app_id: 2, assets: ['lab'] }] };
    expect(requestOf(request, { container_id: 7, assets: ['other'] }, [{ ip: '192.0.2.1' }])).toEqual({
      name: 'n',
      container_id: 7,
      targets: [{ app_id: 2, assets: ['other'], parameters: [{ ip: '192.0.2.1' }] }],
    });
    expect(requestOf(request, {}, [{}])).toMatchObject({ container_id: 1, targets: [{ assets: ['lab'] }] });
  });
});
