import { z } from 'zod';
import { approvalDetailSchema } from '../../../../src/contracts/soar.js';
import { sample, sampleWith } from './samples.js';

const CANARY = 'sample-api-key-that-must-not-leave';
const NAME = 'approval-detail-approvals';

describe('approvalDetailSchema', () => {
  it('drops the configuration of the asset; a schema that keeps what it does not name, the control, keeps it', () => {
    expect(JSON.stringify(z.looseObject(approvalDetailSchema.shape).parse(sample(NAME)))).toContain(CANARY);
    expect(JSON.stringify(approvalDetailSchema.parse(sample(NAME)))).not.toContain(CANARY);
  });

  it('drops fields nobody has heard of, wherever they stand', () => {
    const asset = { id: 1, name: 'a', new_secret_field: CANARY };
    const detail = sampleWith(NAME, {
      asset,
      new_secret_field: CANARY,
      notification_targets: [{ app_id: 1, x: CANARY }],
    });
    expect(JSON.stringify(approvalDetailSchema.parse(detail))).not.toContain(CANARY);
  });

  it('keeps the name of the owner', () => {
    expect(approvalDetailSchema.parse(sample(NAME))).toEqual({ owner: 'admin' });
  });

  it.each(['approval-detail-prompts', 'approval-detail-manual-tasks', 'approval-detail-action-reviews'])(
    'takes %s, which has no asset',
    (name) => {
      expect(approvalDetailSchema.safeParse(sample(name)).success).toBe(true);
    },
  );
});
