import {
  actionResultSchema,
  actionRunSchema,
  appActionSchema,
  appRunSchema,
  approvalDetailSchema,
  approvalSchema,
  artifactSchema,
  buildActionSchema,
  cancelResponseSchema,
  pageSchema,
  runActionResponseSchema,
  versionSchema,
} from '../contracts/soar.js';
import type {
  ActionResult,
  ActionRun,
  AppAction,
  Approval,
  ApprovalDetail,
  AppRun,
  Artifact,
  BuildAction,
  Page,
  RunActionResponse,
  Version,
} from '../contracts/soar.js';
import { parseRunActionRequest } from '../contracts/run-action.js';
import type { RunActionRequest } from '../contracts/run-action.js';
import { checkWith } from '../contracts/validate.js';
import { isRecordId } from '../model/json.js';
import { meaningOf, SOAR_ERROR_CODES } from '../model/error-codes.js';
import type { Caller, CallOptions, SoarClientOptions } from './caller.js';
import { createCaller, parseBaseUrl, SMALL_BODY_BYTES } from './caller.js';
import { isLoopback } from '../model/soar-access.js';
import { SoarError } from './soar-error.js';
import type { ListQuery } from './query.js';

/** SOAR's answer to a cancel. Its refusal (the run had finished, say) is an answer too, not an error. */
export interface SoarCancelAnswer {
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
   * looking first only if the error's `sent` is false.
   */
  runAction(request: RunActionRequest, call?: CallOptions): Promise<RunActionResponse>;
  /** `GET /rest/action_run/<id>`. */
  getActionRun(id: number, call?: CallOptions): Promise<ActionRun>;
  /** `GET /rest/action_run`. */
  listActionRuns(query?: ListQuery, call?: CallOptions): Promise<Page<ActionRun>>;
  /** `POST /rest/action_run/<id>` with `{"cancel": true}`. Rejects for everything that is no answer of SOAR's. */
  cancelActionRun(id: number, call?: CallOptions): Promise<SoarCancelAnswer>;
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
  /** Which SOAR this is: its address, or the identity that it was given. */
  readonly origin: string;
  /** SOAR's clock, in milliseconds since 1970, as its last answer told it; ours while none has. */
  nowMs(): number;
  /**
   * SOAR's own page of a run, for people; nothing is asked. `null` if the container is not known, and on this machine: the
   * embedded SOAR has no pages, and a link to it leads whoever gets it nowhere.
   */
  actionRunPage(containerId: string | number | null | undefined, id: number): string | null;
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
 * never work, and Node's own error if the CA file cannot be read.
 */
export function createSoarClient(options: SoarClientOptions): SoarClient {
  const { origin, basePath } = parseBaseUrl(options.baseUrl);
  return clientOn(createCaller(options), `${origin}${basePath}`, identityOf(options));
}

/** Which SOAR the options lead to: two spellings of an address are one. */
export function identityOf({ baseUrl, identity }: Pick<SoarClientOptions, 'baseUrl' | 'identity'>): string {
  const { origin, basePath } = parseBaseUrl(baseUrl);
  return identity ?? `${origin}${basePath}`;
}

function clientOn(caller: Caller, baseUrl: string, identity: string): SoarClient {
  const get = caller.get;
  const small = (call?: CallOptions): CallOptions => ({ maxBodyBytes: SMALL_BODY_BYTES, ...call });
  return {
    runAction: (request, call) => runAction(caller, request, small(call)),
    getActionRun: async (id, call) => get(by('action_run', id), CHECKS.actionRun, undefined, small(call)),
    listActionRuns: (query, call) => get('/action_run', CHECKS.actionRuns, query, call),
    cancelActionRun: (id, call) => cancelActionRun(caller, id, small(call)),
    listActionRunAppRuns: async (id, query, call) =>
      get(`${by('action_run', id)}/app_runs`, CHECKS.appRuns, query, call),
    listAppRuns: (query, call) => get('/app_run', CHECKS.appRuns, query, call),
    getAppRun: async (id, call) => get(by('app_run', id), CHECKS.appRun, undefined, call),
    listActionResults: async (id, query, call) =>
      get(`${by('app_run', id)}/action_result`, CHECKS.actionResults, query, call),
    listApprovals: (query, call) => get('/approval', CHECKS.approvals, query, call),
    getApproval: async (id, call) => get(by('approval', id), CHECKS.approval, undefined, small(call)),
    getApprovalDetail: async (id, call) =>
      get(`${by('approval', id)}/detail_summary_view`, CHECKS.approvalDetail, undefined, small(call)),
    listAppActions: (query, call) => get('/app_action', CHECKS.appActions, query, call),
    listArtifacts: (query, call) => get('/artifact', CHECKS.artifacts, query, call),
    getBuildAction: (call) => get('/build_action', CHECKS.buildAction, undefined, call),
    getVersion: (call) => get('/version', CHECKS.version, undefined, small(call)),
    origin: identity,
    nowMs: () => Date.now() + caller.clockOffsetMs(),
    actionRunPage: (containerId, id) =>
      isLoopback(baseUrl) || containerId === null || containerId === undefined
        ? null
        : `${baseUrl}/mission/${encodeURIComponent(containerId)}/analyst/action_run/${id}`,
    close: () => caller.close(),
  };
}

/** The path of one resource. What is no id must not become part of a path: it could name any other resource. */
function by(resource: string, id: unknown): string {
  if (isRecordId(id)) return `/${resource}/${id}`;
  throw invalidRequest(`/rest/${resource}`, 'the id must be a positive whole number');
}

function invalidRequest(path: string, detail: string): SoarError {
  return new SoarError({ code: SOAR_ERROR_CODES.INVALID_REQUEST, method: 'POST', path, sent: false, detail });
}

async function runAction(caller: Caller, request: unknown, call?: CallOptions): Promise<RunActionResponse> {
  const parsed = parseRunActionRequest(request);
  if (parsed.ok) return caller.post('/action_run', CHECKS.runAction, parsed.request, call);
  throw invalidRequest('/rest/action_run', parsed.problems.join('; '));
}

async function cancelActionRun(caller: Caller, id: number, call?: CallOptions): Promise<SoarCancelAnswer> {
  try {
    const { cancelled, message } = await caller.post(by('action_run', id), CHECKS.cancel, { cancel: true }, call);
    return { cancelled, message };
  } catch (error) {
    if (isRefusal(error)) return { cancelled: false, message: error.soarMessage ?? '' };
    throw error;
  }
}

/** SOAR's own envelope, with 200 or with a 4xx: the status of a refused cancel is not documented. */
function isRefusal(error: unknown): error is SoarError {
  return error instanceof SoarError && error.soarMessage !== undefined && meaningOf(error.code).answersCancel === true;
}
