import { actionResultSchema } from '../contracts/soar/action-result.js';
import type { ActionResult } from '../contracts/soar/action-result.js';
import { actionRunSchema } from '../contracts/soar/action-run.js';
import type { ActionRun } from '../contracts/soar/action-run.js';
import { appActionSchema } from '../contracts/soar/app-action.js';
import type { AppAction } from '../contracts/soar/app-action.js';
import { appRunSchema } from '../contracts/soar/app-run.js';
import type { AppRun } from '../contracts/soar/app-run.js';
import { approvalDetailSchema } from '../contracts/soar/approval-detail.js';
import type { ApprovalDetail } from '../contracts/soar/approval-detail.js';
import { approvalSchema } from '../contracts/soar/approval.js';
import type { Approval } from '../contracts/soar/approval.js';
import { artifactSchema } from '../contracts/soar/artifact.js';
import type { Artifact } from '../contracts/soar/artifact.js';
import { cancelResponseSchema } from '../contracts/soar/cancel.js';
import { checkWith } from '../contracts/soar/check.js';
import { pageSchema } from '../contracts/soar/page.js';
import type { Page } from '../contracts/soar/page.js';
import { parseRunActionRequest } from '../contracts/soar/run-action-request.js';
import type { RunActionRequest } from '../contracts/soar/run-action-request.js';
import { buildActionSchema } from '../contracts/soar/build-action.js';
import type { BuildAction } from '../contracts/soar/build-action.js';
import { runActionResponseSchema } from '../contracts/soar/run-action-response.js';
import type { RunActionResponse } from '../contracts/soar/run-action-response.js';
import { versionSchema } from '../contracts/soar/version.js';
import type { Version } from '../contracts/soar/version.js';
import { SOAR_ERROR_CODES } from '../model/error-codes.js';
import type { Caller, CallOptions } from './caller.js';
import { createCaller } from './caller.js';
import { SoarError } from './errors.js';
import { parseBaseUrl } from './options.js';
import type { SoarClientOptions } from './options.js';
import type { ListQuery } from './query.js';

/** SOAR's answer to a cancel. Its refusal (the run had finished, say) is an answer too, not an error. */
export interface CancelAnswer {
  readonly cancelled: boolean;
  readonly message: string;
}

/**
 * SOAR's REST API, a method an endpoint. Every method rejects with a `SoarError`, or with the reason of the caller's own
 * signal. Nothing is repeated, redirected or cached: retrying is the caller's business.
 */
export interface SoarClient {
  /**
   * `POST /rest/action_run`. Not idempotent: SOAR runs the action once for every POST that arrives. Repeat it without
   * looking first only where the error's `sent` is false.
   */
  runAction(request: RunActionRequest, call?: CallOptions): Promise<RunActionResponse>;
  /** `GET /rest/action_run/<id>`. */
  getActionRun(id: number, call?: CallOptions): Promise<ActionRun>;
  /** `GET /rest/action_run`. */
  listActionRuns(query?: ListQuery, call?: CallOptions): Promise<Page<ActionRun>>;
  /** `POST /rest/action_run/<id>` with `{"cancel": true}`. Rejects for an unknown id and for everything that is no answer. */
  cancelActionRun(id: number, call?: CallOptions): Promise<CancelAnswer>;
  /** `GET /rest/action_run/<id>/app_runs`. Rows appear while the run goes on: they are complete once it has ended. */
  listActionRunAppRuns(id: number, query?: ListQuery, call?: CallOptions): Promise<Page<AppRun>>;
  /** `GET /rest/app_run`. */
  listAppRuns(query?: ListQuery, call?: CallOptions): Promise<Page<AppRun>>;
  /** `GET /rest/app_run/<id>`, results included: it can be megabytes. */
  getAppRun(id: number, call?: CallOptions): Promise<AppRun>;
  /** `GET /rest/app_run/<id>/action_result`: the results of one app_run by page. */
  listActionResults(appRunId: number, query?: ListQuery, call?: CallOptions): Promise<Page<ActionResult>>;
  /** `GET /rest/approval`. */
  listApprovals(query?: ListQuery, call?: CallOptions): Promise<Page<Approval>>;
  /** `GET /rest/approval/<id>`. */
  getApproval(id: number, call?: CallOptions): Promise<Approval>;
  /** `GET /rest/approval/<id>/detail_summary_view`, cut down to an allow-list: the asset's configuration stays here. */
  getApprovalDetail(id: number, call?: CallOptions): Promise<ApprovalDetail>;
  /** `GET /rest/app_action`: what the installed apps can do. */
  listAppActions(query?: ListQuery, call?: CallOptions): Promise<Page<AppAction>>;
  /** `GET /rest/artifact`: the evidence in containers. */
  listArtifacts(query?: ListQuery, call?: CallOptions): Promise<Page<Artifact>>;
  /** `GET /rest/build_action`: which assets there are, without their configuration. */
  getBuildAction(call?: CallOptions): Promise<BuildAction>;
  /** `GET /rest/version`: the cheapest proof that host, certificate and credentials are right. */
  getVersion(call?: CallOptions): Promise<Version>;
  /** Where SOAR shows a run, for people; nothing is asked. */
  actionRunUrl(id: number): string;
  /** Lets calls under way finish, then closes the connections. */
  close(): Promise<void>;
}

const CHECKS = {
  actionResults: checkWith(pageSchema(actionResultSchema)),
  actionRun: checkWith(actionRunSchema),
  actionRuns: checkWith(pageSchema(actionRunSchema)),
  appActions: checkWith(pageSchema(appActionSchema)),
  appRun: checkWith(appRunSchema),
  appRuns: checkWith(pageSchema(appRunSchema)),
  approval: checkWith(approvalSchema),
  approvalDetail: checkWith(approvalDetailSchema),
  approvals: checkWith(pageSchema(approvalSchema)),
  artifacts: checkWith(pageSchema(artifactSchema)),
  buildAction: checkWith(buildActionSchema),
  cancel: checkWith(cancelResponseSchema),
  runAction: checkWith(runActionResponseSchema),
  version: checkWith(versionSchema),
};

/**
 * Makes a client. Opens no connection before the first call. Throws a `TypeError` for a base URL or credentials that can
 * never work, and Node's own error where the CA file cannot be read.
 */
export function createSoarClient(options: SoarClientOptions): SoarClient {
  const { origin, basePath } = parseBaseUrl(options.baseUrl);
  return clientOn(createCaller(options), `${origin}${basePath}`);
}

function clientOn(caller: Caller, baseUrl: string): SoarClient {
  const get = caller.get;
  return {
    runAction: (request, call) => runAction(caller, request, call),
    getActionRun: (id, call) => get(`/action_run/${id}`, CHECKS.actionRun, undefined, call),
    listActionRuns: (query, call) => get('/action_run', CHECKS.actionRuns, query, call),
    cancelActionRun: (id, call) => cancelActionRun(caller, id, call),
    listActionRunAppRuns: (id, query, call) => get(`/action_run/${id}/app_runs`, CHECKS.appRuns, query, call),
    listAppRuns: (query, call) => get('/app_run', CHECKS.appRuns, query, call),
    getAppRun: (id, call) => get(`/app_run/${id}`, CHECKS.appRun, undefined, call),
    listActionResults: (id, query, call) => get(`/app_run/${id}/action_result`, CHECKS.actionResults, query, call),
    listApprovals: (query, call) => get('/approval', CHECKS.approvals, query, call),
    getApproval: (id, call) => get(`/approval/${id}`, CHECKS.approval, undefined, call),
    getApprovalDetail: (id, call) => get(`/approval/${id}/detail_summary_view`, CHECKS.approvalDetail, undefined, call),
    listAppActions: (query, call) => get('/app_action', CHECKS.appActions, query, call),
    listArtifacts: (query, call) => get('/artifact', CHECKS.artifacts, query, call),
    getBuildAction: (call) => get('/build_action', CHECKS.buildAction, undefined, call),
    getVersion: (call) => get('/version', CHECKS.version, undefined, call),
    actionRunUrl: (id) => `${baseUrl}/rest/action_run/${id}`,
    close: () => caller.close(),
  };
}

async function runAction(caller: Caller, request: unknown, call?: CallOptions): Promise<RunActionResponse> {
  const parsed = parseRunActionRequest(request);
  if (parsed.ok) return caller.post('/action_run', CHECKS.runAction, parsed.request, call);
  throw new SoarError({
    code: SOAR_ERROR_CODES.INVALID_REQUEST,
    method: 'POST',
    path: '/rest/action_run',
    sent: false,
    detail: parsed.problems.join('; '),
  });
}

async function cancelActionRun(caller: Caller, id: number, call?: CallOptions): Promise<CancelAnswer> {
  try {
    const { cancelled, message } = await caller.post(`/action_run/${id}`, CHECKS.cancel, { cancel: true }, call);
    return { cancelled, message };
  } catch (error) {
    if (isRefusal(error)) return { cancelled: false, message: error.soarMessage ?? '' };
    throw error;
  }
}

/** The envelope with 200, or with a 4xx that has no meaning of its own: the code of a refused cancel is not documented. */
function isRefusal(error: unknown): error is SoarError {
  if (!(error instanceof SoarError) || error.soarMessage === undefined) return false;
  return error.code === SOAR_ERROR_CODES.FAILED || error.code === SOAR_ERROR_CODES.BAD_REQUEST;
}
