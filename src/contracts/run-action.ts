import { z } from 'zod';
import { isObject, UNSAFE_INTEGER, unsafeIntegerIn } from '../model/json.js';
import {
  MAX_DELAY_SECS,
  MAX_INLINE_RESULT_BYTES,
  MAX_SETTLE_SECS,
  MAX_TIMEOUT_SECS,
  RUN_OPTION_DEFAULTS,
} from '../model/options.js';
import type { RunOptions } from '../model/options.js';
import type { ApprovalNotice, CancelAnswer, Outcome } from '../model/run-state.js';
import { looksTagged } from '../model/submission-tag.js';
import type { ActionResult, ActionRun, AppRun } from './soar.js';
import {
  absentIfNull,
  checkInputWith,
  numberText,
  range,
  refuseNearNames,
  refuseOtherNames,
  withDefault,
} from './validate.js';
import type { Check } from './validate.js';

const MAX_PROBLEMS = 20;

const text = (meaning: string) =>
  z.string({ error: `must be text: ${meaning}` }).regex(/\S/, `must not be empty: ${meaning}`);

const CONTAINER_ID = 'must be the number of a container: a positive integer, or the same as digits in a string';
const containerIdSchema = z.union([z.int().positive(CONTAINER_ID), z.string().regex(/^0*[1-9]\d*$/, CONTAINER_ID)], {
  error: CONTAINER_ID,
});

const APP_ID = 'must be the id of the app: its number, its number in a string, or its GUID';
const appIdSchema = z.union([z.int().positive(APP_ID), z.string().regex(/\S/, APP_ID)], { error: APP_ID });

const ASSET = 'must be an asset: its id or its name';
const assetSchema = z.union([z.int().nonnegative(ASSET), z.string().regex(/\S/, ASSET)], { error: ASSET });

const parameterSetSchema = z.record(z.string(), z.unknown(), {
  error: 'must be an object: one set of parameters, as {"ip": "192.0.2.1"}',
});

/** One combination of app, assets and parameter sets. At least one of `assets` and `parameters` has an entry. */
const runActionTargetSchema = z
  .looseObject(
    {
      app_id: appIdSchema,
      assets: absentIfNull(z.array(assetSchema, { error: 'must be a list of asset ids or names' })),
      parameters: absentIfNull(z.array(parameterSetSchema, { error: 'must be a list of parameter sets' })),
    },
    { error: 'must be an object with app_id, assets and parameters' },
  )
  .check(refuseNearNames(['app_id', 'assets', 'parameters']))
  .refine((target) => Boolean(target.assets?.length) || Boolean(target.parameters?.length), {
    error: 'must have at least one asset or one set of parameters',
  });

/**
 * The body of `POST /rest/action_run`. Strict about the documented fields, because a mistake here is a mistake of ours:
 * SOAR answers 200 to a wrong `app_id` and fails the run later. Fields that are not documented are kept and sent.
 * `type` is free text: the reference page itself sends `investigative`, which is none of the product's own types.
 */
const requestObjectSchema = z.looseObject(
  {
    action: text('the name of the action, as "geolocate ip"').describe('Name of the action, as geolocate ip.'),
    container_id: containerIdSchema.describe('The container that the action runs in.'),
    name: text('a name for this action run').describe('A name for the run; a tag is put behind it.'),
    targets: z
      .array(runActionTargetSchema, { error: 'must be a list of targets, each with app_id, assets and parameters' })
      .min(1, 'must have at least one target'),
    type: absentIfNull(z.string({ error: 'must be text, as "investigate"' })),
    exec_delay_secs: absentIfNull(
      z
        .int({ error: 'must be a whole number of seconds' })
        .nonnegative('must not be negative: seconds to wait before the action runs')
        .max(MAX_DELAY_SECS, `must be at most ${MAX_DELAY_SECS} seconds, which are ten years`),
    ),
  },
  { error: 'must be a JSON object: the body of POST /rest/action_run' },
);

const REQUEST_NAMES = Object.keys(requestObjectSchema.shape);
const OPTION_NAMES = Object.keys(RUN_OPTION_DEFAULTS);
const IN_OPTIONS = Object.fromEntries(OPTION_NAMES.map((name) => [name, 'the options, the second argument']));
const IN_TARGETS = { app_id: 'targets[0]', assets: 'targets[0]', parameters: 'targets[0]' };

const sentRequestSchema = requestObjectSchema
  .check(refuseNearNames(REQUEST_NAMES, { ...IN_OPTIONS, ...IN_TARGETS }))
  .superRefine((request, context) => {
    const path = unsafeIntegerIn(request);
    if (path !== undefined) context.addIssue({ code: 'custom', path, message: UNSAFE_INTEGER });
  });

/** The body that a caller gives: his own name has no tag of ours. */
export const runActionRequestSchema = sentRequestSchema.refine(({ name }) => !looksTagged(name), {
  path: ['name'],
  error: 'must not have “[soar-runner:” in it: by what stands behind it a run is found again',
});

/** {@link runActionRequestSchema} as a type. */
export type RunActionRequest = z.input<typeof runActionRequestSchema>;

/** The outcome of {@link parseRunActionRequest}. */
export type ParsedRunActionRequest =
  { readonly ok: true; readonly request: RunActionRequest } | { readonly ok: false; readonly problems: string[] };

const checkSentRequest = checkInputWith(sentRequestSchema);
const checkCallersRequest = checkInputWith(runActionRequestSchema);

/**
 * Checks the body of a POST, tag and all. Never throws; each problem reads `targets[0].app_id: must be …` and says what
 * would be right, without repeating the value.
 */
export function parseRunActionRequest(value: unknown): ParsedRunActionRequest {
  const checked = checkSentRequest(value);
  return checked.ok ? { ok: true, request: checked.value } : checked;
}

const SECONDS = { error: 'must be a number of seconds' };
const DEFAULTS = RUN_OPTION_DEFAULTS;
/** A number of `unit` from `min` to `max`, with a message that names the range and what was given. */
const within = (schema: z.ZodNumber, unit: string, min: number, max: number) =>
  schema.superRefine((value, context) => {
    if (value >= min && value <= max) return;
    context.addIssue({ code: 'custom', message: `must be ${range(min, max)} ${unit}, was ${value}` });
  });

const optionsObjectSchema = z.looseObject({
  whenUncertain: absentIfNull(z.enum(['resubmit', 'ask'], { error: 'must be "resubmit" or "ask"' })).describe(
    'Where a POST may or may not have arrived. Default: ask for contain and correct, submit again for the rest.',
  ),
  settleSecs: withDefault(within(z.number(SECONDS), 'seconds', 0, MAX_SETTLE_SECS), DEFAULTS.settleSecs).describe(
    `Seconds until a lost POST can no longer arrive at SOAR, ${range(0, MAX_SETTLE_SECS)}. Default: ${DEFAULTS.settleSecs}.`,
  ),
  submitPatienceSecs: withDefault(
    within(z.number(SECONDS), 'seconds', 0, MAX_TIMEOUT_SECS),
    DEFAULTS.submitPatienceSecs,
  ).describe(
    `Seconds for which an answer that is no word about the action is waited out. Default: ${DEFAULTS.submitPatienceSecs}.`,
  ),
  timeoutSecs: absentIfNull(within(z.number(SECONDS), 'seconds', 1, MAX_TIMEOUT_SECS)).describe(
    `Deadline in seconds after exec_delay_secs, ${range(1, MAX_TIMEOUT_SECS)}. Default: none.`,
  ),
  inlineResultBytes: withDefault(
    within(z.int({ error: 'must be a number of bytes' }), 'bytes', 0, MAX_INLINE_RESULT_BYTES),
    DEFAULTS.inlineResultBytes,
  ).describe(
    `Bytes of results that come back inline, ${range(0, MAX_INLINE_RESULT_BYTES)}; readRows reads the rest. Default: ${numberText(DEFAULTS.inlineResultBytes)}.`,
  ),
  failUnlessSuccess: withDefault(z.boolean({ error: 'must be true or false' }), DEFAULTS.failUnlessSuccess).describe(
    'true: any outcome but success fails the workflow. Default: false.',
  ),
});

/** The options by name, for those that take some of them. */
export const runOptionsShape = optionsObjectSchema.shape;

/** Options of `runAction`, with the defaults filled in; what each is for stands at `RunOptions`. */
export const runActionOptionsSchema = optionsObjectSchema.check(refuseOtherNames(OPTION_NAMES));

/** What a caller may give as options: each may be absent, or `null`. */
export type RunActionOptions = { readonly [K in keyof RunOptions]?: RunOptions[K] | null };

/** Checks the options of a `runAction` and fills in the defaults; absent ones are fine. */
export const checkRunActionOptions: Check<RunOptions> = checkInputWith(
  z.preprocess((given) => given ?? {}, runActionOptionsSchema),
);

/** Checks both arguments of a `runAction`; the problems begin with `request` or `options`. */
export const checkRun: Check<RunOptions> = (given) => {
  const { request, options } = isObject(given) ? given : {};
  const [parsed, checked] = [checkCallersRequest(request), checkRunActionOptions(options)];
  if (parsed.ok && checked.ok) return checked;
  const problems = [...problemsOf(parsed, 'request'), ...problemsOf(checked, 'options')];
  return { ok: false, problems: problems.slice(0, MAX_PROBLEMS) };
};

/** `targets[0].app_id: …` of the request becomes `request.targets[0].app_id: …`. */
function problemsOf(
  checked: { readonly ok: true } | { readonly ok: false; readonly problems: readonly string[] },
  argument: string,
): string[] {
  if (checked.ok) return [];
  return checked.problems.map((problem) =>
    problem.startsWith('must ') ? `${argument}: ${problem}` : `${argument}.${problem}`,
  );
}

/** SOAR's action_run in a result: as on the page, but `targets` is left out if it is large. */
export type ActionRunSummary = ActionRun & { readonly targetsOmitted?: true };

/** Results that stayed in SOAR: `GET /rest/app_run/<id>/action_result` has them. */
export interface ResultsOmitted {
  /** Action results of this app_run, and how many of them succeeded. */
  readonly count: number;
  readonly succeeded: number;
  /** The parameter sets that did not, by their place in the list; at most 1,000. */
  readonly failures: readonly { readonly index: number; readonly status: string; readonly message: string }[];
}

/** One app_run of a run, with its action results inline or a word on where they are. */
export type AppRunResult = AppRun & {
  readonly results?: readonly ActionResult[];
  readonly resultsOmitted?: ResultsOmitted;
};

/** A second run of the same submission: an earlier POST that arrived late. It was cancelled. */
export interface SurplusRun {
  readonly actionRunId: number;
  readonly cancel: CancelAnswer;
}

/** Result of `runAction`. */
export interface RunActionResult {
  readonly outcome: Outcome;
  /** SOAR's own message, or why there is none. */
  readonly message: string;
  /** `null` if SOAR never had the action. */
  readonly actionRunId: number | null;
  readonly actionRun: ActionRunSummary | null;
  readonly appRuns: readonly AppRunResult[];
  /** app_runs beyond those listed; SOAR has them. */
  readonly appRunsOmitted: number;
  /** Who was asked, and what became of it. */
  readonly approvals: readonly ApprovalNotice[];
  /** What SOAR said to a cancel, if there was one. */
  readonly cancel?: CancelAnswer;
  readonly surplusRuns: readonly SurplusRun[];
  /** What is missing of the results, a sentence each; absent if nothing is. */
  readonly incomplete?: readonly string[];
  /** How often the action was POSTed: 1 unless an answer was lost. */
  readonly submissions: number;
  /** How often its status was looked up. */
  readonly polls: number;
}
