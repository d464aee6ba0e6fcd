import { ApplicationFailure, workflowInfo } from '@temporalio/workflow';
import type { CheckedRun } from '../activities/index.js';
import type { RunActionOptions, RunActionRequest } from '../contracts/run-action.js';
import { SOAR_ERROR_CODES } from '../model/error-codes.js';
import { isDeeperThan, isObject, jsonBytes, MAX_INPUT_DEPTH, NESTED_TOO_DEEP } from '../model/json.js';
import { isBelow } from '../model/names.js';
import { MAX_BATCH_ID_BYTES, MAX_REQUEST_BYTES } from '../model/options.js';
import { readBegun } from '../model/submission-tag.js';
import { bytesOf } from '../model/text.js';
import { causeOf } from './calls/failure-of-activity.js';
import { validation } from './calls/kinds.js';
import { isUndecoded } from './payload-converter.js';

/**
 * Fails the workflow if its input is none, or one that no activity can be given, not even the one that checks it: the
 * workflow task would fail instead, and be tried again for ever.
 */
export function requireInput(field: string, value: unknown, meaning: string): void {
  if (isUndecoded(value)) throw refusal(`${field}: ${value.problem}`);
  if (!isObject(value)) throw refusal(`${field}: must be an object, ${meaning}.`);
  requireSendable(field, value);
}

/** The same for an argument that may be absent. */
export function requireSendable(field: string, value: unknown, maxBytes = MAX_REQUEST_BYTES): void {
  if (isUndecoded(value)) throw refusal(`${field}: ${value.problem}`);
  if (isDeeperThan(value, MAX_INPUT_DEPTH)) throw refusal(`${field}: ${NESTED_TOO_DEEP}.`);
  const bytes = value === undefined ? 0 : jsonBytes(value);
  if (bytes > maxBytes) throw refusal(`${field}: must be at most ${maxBytes} bytes of JSON, was ${bytes}.`);
}

/** The reason itself, in place of Temporal's wrapping of it: what a check says must be the workflow's own failure. */
export function unwrapped(error: unknown): unknown {
  const cause = causeOf(error);
  if (!(cause instanceof ApplicationFailure)) return error;
  const { message, type, details } = cause;
  return ApplicationFailure.create({
    message,
    type: type ?? SOAR_ERROR_CODES.INVALID_REQUEST,
    nonRetryable: true,
    ...(details ? { details } : {}),
  });
}

/** A failure of ours is no crash: where it was thrown helps nobody, and stands between the reason and its reader in the UI. */
export function withoutStack(error: unknown): unknown {
  return error instanceof ApplicationFailure ? Object.assign(error, { stack: '' }) : error;
}

function refusal(message: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, SOAR_ERROR_CODES.INVALID_REQUEST, { problems: [message] });
}

/** For each field of a `T`: whether a value can stand in it, and the words for what can. */
export type Rules<T> = { readonly [K in keyof T]-?: readonly [holds: (value: unknown) => boolean, expected: string] };

/** Refuses what only we give if a field of it is not as we give it. */
export function requireFields<T extends object>(given: T, rules: Rules<T>): void {
  for (const name in rules) {
    const [holds, expected] = rules[name];
    if (!holds(given[name])) throw refusal(`${name}: ${expected}.`);
  }
}

function isOwnChild(): boolean {
  const { parent, workflowId } = workflowInfo();
  return isBelow(workflowId, parent?.workflowId);
}

/**
 * Refuses to be started by anybody but a workflow of ours, whose children have ids below its own: the rest of the input is what
 * only we pass.
 */
export function requireOwnParent(what: string): void {
  if (isOwnChild()) return;
  throw refusal(`${what}: only a batch starts it. Start runAction or enrichBatch.`);
}

/** Refuses a batch whose children could not have ids: Temporal would fail its workflow task for ever. */
export function requireRoomForChildren(): void {
  const bytes = bytesOf(workflowInfo().workflowId);
  if (bytes <= MAX_BATCH_ID_BYTES) return;
  throw refusal(`workflow id: must be at most ${MAX_BATCH_ID_BYTES} bytes for a batch, was ${bytes}.`);
}

/** Refuses what only a workflow's own continue-as-new hands over. */
export function requireOwnContinuation(carried: unknown): void {
  if (carried === undefined || carried === null) return;
  const { continuedFromExecutionRunId } = workflowInfo();
  if (continuedFromExecutionRunId === undefined || !isObject(carried))
    throw refusal('enrichBatch takes one argument: the second is what only the workflow itself hands over.');
}

/** Refuses a third argument that is not a batch's: a submission that is taken for begun is looked up and watched. */
export function requireOwnBegun(begun: unknown): void {
  if (begun === undefined || begun === null || (isOwnChild() && readBegun(begun))) return;
  throw refusal('runAction takes two arguments, request and options: the third is what only a batch hands over.');
}

/** Refuses arguments that would be ignored: what they say would not be done. `null` says nothing. */
export function requireNoMore(what: string, rest: readonly unknown[]): void {
  if (rest.some((argument) => argument !== null && argument !== undefined))
    throw refusal(`${what}: there ${rest.length === 1 ? 'is one' : `are ${rest.length}`} too many.`);
}

/** The options with their defaults, and the SOAR that takes the action: learned from the first activity that checks the input. */
export class CheckedInput {
  #known: CheckedRun | undefined;

  constructor(
    readonly request: RunActionRequest,
    readonly options: RunActionOptions | undefined,
  ) {}

  /** Address of the SOAR that takes the action; `null` until it is known. */
  get origin(): string | null {
    return this.#known?.origin ?? null;
  }

  learn(checked: CheckedRun): void {
    this.#known ??= checked;
  }

  /** Checks the input if no activity has yet. */
  async get(): Promise<CheckedRun> {
    const { request, options = null } = this;
    this.#known ??= await validation.validateRun({ request, options }).catch((error: unknown) => {
      throw unwrapped(error);
    });
    return this.#known;
  }
}
