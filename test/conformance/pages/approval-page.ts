import type { AlsoAllowed, PageBody } from './page-body.js';
import { NOTHING_FOREIGN } from './page-body.js';

/** The samples of the list and of the single approval show some fields only as null, or only as something else. */
const sometimesNull = (prefix: string): AlsoAllowed[] => [
  { at: `${prefix}asset`, type: 'integer', because: 'an asset’s approver is asked about an asset' },
  { at: `${prefix}close_time`, type: 'null', because: 'nobody has answered yet' },
  { at: `${prefix}playbook_run`, type: 'null', because: 'an action may run without a playbook' },
  { at: `${prefix}owner`, type: 'null', because: 'nobody in particular may be asked' },
];

/** The JSON bodies of the page REST Approval: its table, transcribed, and the names of its samples. */
export const APPROVAL_PAGE: readonly PageBody[] = [
  {
    name: 'approval list',
    page: 'REST Approval',
    endpoint: 'GET /rest/approval',
    kind: 'answer',
    samples: ['approvals'],
    table: [],
    foreign: NOTHING_FOREIGN,
    also: sometimesNull('data[].'),
  },
  {
    name: 'approval',
    page: 'REST Approval',
    endpoint: 'GET /rest/approval/<id>',
    kind: 'answer',
    samples: ['approval'],
    table: [],
    foreign: NOTHING_FOREIGN,
    also: sometimesNull(''),
  },
  {
    name: 'approval detail',
    page: 'REST Approval',
    endpoint: 'GET /rest/approval/<id>/detail_summary_view',
    kind: 'answer',
    samples: [
      'approval-detail-approvals',
      'approval-detail-prompts',
      'approval-detail-manual-tasks',
      'approval-detail-action-reviews',
    ],
    table: [
      { field: 'asset', type: 'JSON Object' },
      { field: 'container_id', type: 'String' },
      { field: 'due_time', type: 'String' },
      { field: 'next_owner', type: 'String' },
      { field: 'notification_targets', type: 'JSON Object' },
      { field: 'notification_type', type: 'String' },
      { field: 'owner', type: 'String' },
      { field: 'playbook_name', type: 'String' },
      { field: 'playbook_repo', type: 'String' },
      { field: 'prompt', type: 'String' },
      { field: 'time_left', type: 'String' },
      { field: 'type', type: 'String' },
    ],
    foreign: /^(asset\.configuration|notification_targets\[\]\.parameters\[\])\./,
    also: [
      { at: 'asset.effective_user', type: 'null', because: 'the app’s own user runs the action' },
      { at: 'asset.token', type: 'string', because: 'an asset that takes data in has a token' },
      { at: 'notification_targets[].assets[]', type: 'string', because: 'assets come back as they were named' },
    ],
  },
];
