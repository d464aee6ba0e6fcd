/**
 * The stable codes a SOAR call can fail with. They are the `code` of a `SoarError` and the `type` of the Temporal
 * failure it becomes, so callers, retry policies and dashboards match on them.
 */
export const SOAR_ERROR_CODES = {
  /** The request was refused before anything was sent: a field is missing, mistyped or out of range. */
  INVALID_REQUEST: 'SOAR_INVALID_REQUEST',
  /** No connection was made: nothing was sent. */
  CONNECTION: 'SOAR_CONNECTION',
  /** SOAR's certificate was not accepted: nothing was sent. */
  TLS: 'SOAR_TLS',
  /** The connection broke after the request left. */
  CONNECTION_LOST: 'SOAR_CONNECTION_LOST',
  /** A connect, headers or body deadline passed. */
  TIMEOUT: 'SOAR_TIMEOUT',
  /** 400 and other 4xx without a code of their own. */
  BAD_REQUEST: 'SOAR_BAD_REQUEST',
  /** 401. */
  UNAUTHORIZED: 'SOAR_UNAUTHORIZED',
  /** 403. */
  FORBIDDEN: 'SOAR_FORBIDDEN',
  /** 404. */
  NOT_FOUND: 'SOAR_NOT_FOUND',
  /** 405. */
  METHOD_NOT_ALLOWED: 'SOAR_METHOD_NOT_ALLOWED',
  /** 408 or 425: the request may be sent again. */
  TRY_AGAIN: 'SOAR_TRY_AGAIN',
  /** 429. */
  RATE_LIMITED: 'SOAR_RATE_LIMITED',
  /** 500 and other 5xx. */
  SERVER_ERROR: 'SOAR_SERVER_ERROR',
  /** 502, 503 or 504: usually the proxy in front. */
  UNAVAILABLE: 'SOAR_UNAVAILABLE',
  /** 3xx: never followed. */
  REDIRECT: 'SOAR_REDIRECT',
  /** The answer is larger than the client accepts. */
  BODY_TOO_LARGE: 'SOAR_BODY_TOO_LARGE',
  /** The answer is cut, is not UTF-8, or is not JSON. */
  BODY_UNREADABLE: 'SOAR_BODY_UNREADABLE',
  /** The answer is JSON of another shape than the contract's. */
  CONTRACT: 'SOAR_CONTRACT',
  /** HTTP 200 with `failed: true`, or a POST's `success: false`. */
  FAILED: 'SOAR_FAILED',
  /** The worker talks to another SOAR than the one that has the run. */
  OTHER_SOAR: 'SOAR_OTHER_SOAR',
  /** SOAR has another action_run under the number of ours, by its name: it does not know ours. */
  OTHER_RUN: 'SOAR_OTHER_RUN',
  /** SOAR gives the run a status that nobody knows: whether it has ended cannot be told by it. */
  UNKNOWN_STATUS: 'SOAR_UNKNOWN_STATUS',
} as const;

/** One of the values of {@link SOAR_ERROR_CODES}. */
export type SoarErrorCode = (typeof SOAR_ERROR_CODES)[keyof typeof SOAR_ERROR_CODES];

/**
 * What became of the POST that creates an action_run, by its answer:
 * - `refused`: SOAR did not queue the action, and will not
 * - `passing`: no word about this action. It was hardly taken, which is looked up before it is sent again; for `submitPatienceSecs`
 * - `notTaken`: SOAR asks to send it again later, however long that takes
 * - `uncertain`: SOAR may have queued the action
 */
export type PostFate = 'refused' | 'passing' | 'notTaken' | 'uncertain';

/** What one kind of answer means, wherever it comes. On a read of a run that is known to exist, each of them passes. */
interface ErrorMeaning {
  readonly statuses?: readonly number[];
  readonly post: PostFate;
  /** The same in SOAR's own error envelope, if that makes a difference. */
  readonly postInEnvelope?: PostFate;
  /**
   * In SOAR's envelope it answers a cancel: SOAR does not cancel this run. Everything else is asked again, 404 too: a node that lags
   * does not know the run yet.
   */
  readonly answersCancel?: true;
  /** On a filtered list it says no more than that SOAR does not filter like this: asked one by one it may answer. */
  readonly noFilter?: true;
  /** It says something about this one resource; others may be read. */
  readonly oneResource?: true;
  /** Asked again, the answer of the same resource is hardly another; what can be done without is done without. */
  readonly denied?: true;
  /** It says nothing of what is there: this user may not see it, or this SOAR has it in another form. */
  readonly unseen?: true;
  /** Asked again, the same call may well be answered: SOAR or the way to it is busy, or away for a while. */
  readonly passes?: true;
  /** The answer is there, and cannot be read as a whole: in smaller parts some of it may be. */
  readonly unreadable?: true;
  /** SOAR cannot be reached: the circuit opens. */
  readonly away?: true;
  /** A refusal that may be about one of several parameter sets. */
  readonly aboutItems?: true;
}

const C = SOAR_ERROR_CODES;

const MEANINGS: Readonly<Record<SoarErrorCode, ErrorMeaning>> = {
  [C.INVALID_REQUEST]: { post: 'refused', denied: true, aboutItems: true },
  [C.CONNECTION]: { post: 'notTaken', passes: true, away: true },
  [C.TLS]: { post: 'notTaken' },
  [C.CONNECTION_LOST]: { post: 'uncertain', passes: true },
  [C.TIMEOUT]: { post: 'uncertain', passes: true },
  [C.BAD_REQUEST]: {
    post: 'passing',
    postInEnvelope: 'refused',
    answersCancel: true,
    noFilter: true,
    oneResource: true,
    denied: true,
    aboutItems: true,
  },
  [C.UNAUTHORIZED]: { statuses: [401], post: 'passing', denied: true },
  [C.FORBIDDEN]: { statuses: [403], post: 'passing', answersCancel: true, noFilter: true, denied: true, unseen: true },
  [C.NOT_FOUND]: {
    statuses: [404],
    post: 'passing',
    postInEnvelope: 'refused',
    noFilter: true,
    oneResource: true,
    denied: true,
  },
  [C.METHOD_NOT_ALLOWED]: {
    statuses: [405],
    post: 'passing',
    postInEnvelope: 'refused',
    answersCancel: true,
    noFilter: true,
    denied: true,
    unseen: true,
  },
  [C.TRY_AGAIN]: { statuses: [408, 425], post: 'notTaken', passes: true },
  [C.RATE_LIMITED]: { statuses: [429], post: 'notTaken', passes: true },
  [C.SERVER_ERROR]: { post: 'uncertain', noFilter: true, passes: true },
  [C.UNAVAILABLE]: { statuses: [502, 503, 504], post: 'uncertain', passes: true, away: true },
  [C.REDIRECT]: { post: 'passing', denied: true },
  [C.BODY_TOO_LARGE]: { post: 'uncertain', noFilter: true, oneResource: true, unreadable: true },
  [C.BODY_UNREADABLE]: { post: 'uncertain', oneResource: true, unreadable: true },
  [C.CONTRACT]: { post: 'uncertain', noFilter: true, oneResource: true, unreadable: true, unseen: true },
  [C.FAILED]: {
    post: 'refused',
    answersCancel: true,
    noFilter: true,
    oneResource: true,
    denied: true,
    aboutItems: true,
  },
  [C.OTHER_SOAR]: { post: 'notTaken' },
  [C.OTHER_RUN]: { post: 'uncertain', oneResource: true },
  [C.UNKNOWN_STATUS]: { post: 'uncertain' },
};

const CODES_BY_STATUS = new Map<number, SoarErrorCode>(
  Object.values(C).flatMap((code) => (MEANINGS[code].statuses ?? []).map((status) => [status, code] as const)),
);

/** The code of an HTTP status that is no success. */
export function codeOfStatus(status: number): SoarErrorCode {
  const code = CODES_BY_STATUS.get(status);
  if (code !== undefined) return code;
  if (status < 400) return C.REDIRECT;
  return status < 500 ? C.BAD_REQUEST : C.SERVER_ERROR;
}

/** What the table says of a code; a text that is none of them means what a lost connection does. */
export function meaningOf(code: string): ErrorMeaning {
  return isCode(code) ? MEANINGS[code] : MEANINGS[C.CONNECTION_LOST];
}

function isCode(code: string): code is SoarErrorCode {
  return Object.hasOwn(MEANINGS, code);
}

/** What became of a POST with this answer. */
export function fateOfPost(error: {
  readonly code: string;
  readonly sent: boolean;
  readonly soarMessage?: string | undefined;
}): PostFate {
  const { post, postInEnvelope } = meaningOf(error.code);
  const fate = error.soarMessage === undefined ? post : (postInEnvelope ?? post);
  return fate === 'uncertain' && !error.sent ? 'notTaken' : fate;
}

/** The error at the bottom: a child workflow's or an activity's own, not Temporal's wrapping of it. */
export function rootCause(error: unknown): Error {
  if (error instanceof Error && error.cause instanceof Error) return rootCause(error.cause);
  return error instanceof Error ? error : new Error(String(error));
}
