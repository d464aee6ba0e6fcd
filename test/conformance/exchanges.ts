import type { ApprovalDetail } from '../../src/contracts/soar.js';
import type { RunActionRequest } from '../../src/contracts/run-action.js';
import { parseRunActionRequest } from '../../src/contracts/run-action.js';
import { sample } from '../unit/contracts/soar/samples.js';
import type { Material, NotificationType } from './support/material.js';
import { numberAt, objectOf } from './support/read-json.js';
import type { Answer, Soar } from './support/soar.js';

/** One request of the pages and its answer: a test of the suite, and a line of docs/rest-contract.md. */
export interface Exchange {
  /** What is so when it goes well; the title of the test. */
  readonly title: string;
  /** The page's body that the answer is, and the sample that it has the shape of. */
  readonly answer: string;
  readonly sample: string;
  /** The page's body that is sent, and its sample. */
  readonly request?: { readonly body: string; readonly sample: string };
  readonly isWrite: boolean;
  /** The request as the page has it, by bare HTTP. */
  readonly ask: (soar: Soar, material: Material) => Promise<Answer>;
  /** The same by our client. */
  readonly read: (soar: Soar, material: Material) => Promise<unknown>;
}

const SUBMIT = '/rest/action_run';
const DAY_SECS = 24 * 3600;

/** In the order of the pages. */
export const EXCHANGES: readonly Exchange[] = [
  submission('the page’s delayed action is queued', 'run-action-delayed.request'),
  submission('the page’s action on three hashes is queued', 'run-action-three-hashes.request'),
  {
    title: 'a run is read by its id',
    answer: 'action_run',
    sample: 'action-run',
    isWrite: false,
    ask: (soar, { endedRun }) => soar.get(`/rest/action_run/${endedRun}`),
    read: ({ client }, { endedRun }) => client.getActionRun(endedRun),
  },
  {
    title: 'a run that waits is cancelled',
    answer: 'cancel accepted',
    sample: 'cancel.response',
    request: { body: 'cancel', sample: 'cancel.request' },
    isWrite: true,
    ask: async (soar, material) => soar.post(`/rest/action_run/${await waitingRun(soar, material)}`, cancel()),
    read: async (soar, material) => soar.client.cancelActionRun(await waitingRun(soar, material)),
  },
  {
    title: 'a run that has ended is not cancelled',
    answer: 'cancel refused',
    sample: 'cancel.refusal',
    request: { body: 'cancel', sample: 'cancel.request' },
    isWrite: true,
    ask: (soar, { endedRun }) => soar.post(`/rest/action_run/${endedRun}`, cancel()),
    read: refusal,
  },
  {
    title: 'the app_runs of a run are listed',
    answer: 'app_runs of an action_run',
    sample: 'app-runs',
    isWrite: false,
    ask: (soar, { endedRun }) => soar.get(`/rest/action_run/${endedRun}/app_runs`),
    read: ({ client }, { endedRun }) => client.listActionRunAppRuns(endedRun),
  },
  {
    title: 'app_runs are listed',
    answer: 'app_run list',
    sample: 'app-runs',
    isWrite: false,
    ask: (soar, { appRun }) => soar.get(`/rest/app_run?_filter_id=${appRun}`),
    read: ({ client }, { appRun }) => client.listAppRuns({ filters: { id: appRun } }),
  },
  {
    title: 'the results of an app_run are read by page',
    answer: 'action results',
    sample: 'action-results',
    isWrite: false,
    ask: (soar, { appRun }) => soar.get(`/rest/app_run/${appRun}/action_result?page=0&page_size=5`),
    read: ({ client }, { appRun }) => client.listActionResults(appRun, { page: 0, pageSize: 5 }),
  },
  {
    title: 'an app_run is read by its id',
    answer: 'app_run',
    sample: 'app-run',
    isWrite: false,
    ask: (soar, { appRun }) => soar.get(`/rest/app_run/${appRun}`),
    read: ({ client }, { appRun }) => client.getAppRun(appRun),
  },
  {
    title: 'approvals are listed',
    answer: 'approval list',
    sample: 'approvals',
    isWrite: false,
    ask: (soar) => soar.get('/rest/approval'),
    read: ({ client }) => client.listApprovals(),
  },
  {
    title: 'an approval is read by its id',
    answer: 'approval',
    sample: 'approval',
    isWrite: false,
    ask: (soar, { approval }) => soar.get(`/rest/approval/${approval}`),
    read: ({ client }, { approval }) => client.getApproval(approval),
  },
  detail('approvals', 'approval-detail-approvals'),
  detail('prompts', 'approval-detail-prompts'),
  detail('manual tasks', 'approval-detail-manual-tasks'),
  detail('action reviews', 'approval-detail-action-reviews'),
];

function submission(title: string, sampleName: string): Exchange {
  return {
    title,
    answer: 'action queued',
    sample: 'run-action.response',
    request: { body: 'run action', sample: sampleName },
    isWrite: true,
    ask: (soar, { adapted }) => soar.post(SUBMIT, adapted(sample(sampleName))),
    read: ({ client }, { adapted }) => client.runAction(requestOf(adapted(sample(sampleName)))),
  };
}

function detail(type: NotificationType, sampleName: string): Exchange {
  return {
    title: `the detail of one of the ${type} is read`,
    answer: 'approval detail',
    sample: sampleName,
    isWrite: false,
    ask: (soar, { approvalWith }) => soar.get(`/rest/approval/${approvalWith(type)}/detail_summary_view`),
    read: ({ client }, { approvalWith }): Promise<ApprovalDetail> => client.getApprovalDetail(approvalWith(type)),
  };
}

/** A run that can be cancelled, because its delay is not over. */
async function waitingRun(soar: Soar, { adapted }: Material): Promise<number> {
  const request = objectOf(adapted(sample('run-action-delayed.request')));
  const { json } = await soar.post(SUBMIT, { ...request, exec_delay_secs: DAY_SECS });
  return numberAt(json, 'action_run_id');
}

/** Our client's answer, in the words of the page. */
async function refusal({ client }: Soar, { endedRun }: Material): Promise<unknown> {
  const { cancelled, message } = await client.cancelActionRun(endedRun);
  return { failed: !cancelled, message };
}

function cancel(): unknown {
  return sample('cancel.request');
}

function requestOf(value: unknown): RunActionRequest {
  const parsed = parseRunActionRequest(value);
  if (!parsed.ok) throw new Error(parsed.problems.join('; '));
  return parsed.request;
}
