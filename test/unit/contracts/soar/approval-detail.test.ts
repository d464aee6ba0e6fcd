import { approvalDetailSchema, approvalDetailWireSchema } from '../../../../src/contracts/soar.js';
import { sample, sampleWith } from './samples.js';

const CANARY = 'sample-api-key-that-must-not-leave';
const NAME = 'approval-detail-approvals';

describe('approvalDetailSchema', () => {
  it('drops the configuration of the asset; the wire schema, the control, keeps it', () => {
    expect(JSON.stringify(approvalDetailWireSchema.parse(sample(NAME)))).toContain(CANARY);
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

  it('keeps what tells a person who is asked what, and until when', () => {
    expect(approvalDetailSchema.parse(sample(NAME))).toMatchObject({
      action_name: 'user initiated post ip action',
      asset: { id: 70, name: 'abuse_ip_db', product_name: 'AbuseIPDB' },
      due_time: '2019-08-20T20:05:57.814000Z',
      notification_targets: [{ app_id: 152, assets: [70], parameters: [{ ip: '3.3.3.33' }] }],
      notification_type: 'approvals',
      owner: 'admin',
    });
  });

  it.each(['approval-detail-prompts', 'approval-detail-manual-tasks', 'approval-detail-action-reviews'])(
    'takes %s, which has no asset',
    (name) => {
      expect(approvalDetailSchema.parse(sample(name))).toEqual(sample(name));
    },
  );
});
