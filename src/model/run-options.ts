/** What a caller may set for one `runAction`, with its defaults as data. Zod checks it in `contracts/run-action.ts` before anything is sent. */

/** What to do when a POST may or may not have reached SOAR and nothing with our tag turns up. */
export type WhenUncertain = 'resubmit' | 'ask';

/** The options with every default filled in. */
export interface RunOptions {
  /** `undefined` means: ask for `contain` and `correct` actions, submit again for the rest. */
  readonly whenUncertain: WhenUncertain | undefined;
  /** Seconds from a POST's own timeout until it can no longer arrive at SOAR. */
  readonly settleSecs: number;
  /** Deadline in seconds, counted after `exec_delay_secs`; `undefined` means none. */
  readonly timeoutSecs: number | undefined;
  /** How many bytes of action results come back inline; what does not fit stays in SOAR, by reference. */
  readonly inlineResultBytes: number;
  /** True: any outcome but `success` fails the workflow, with the result in the failure's details. */
  readonly failUnlessSuccess: boolean;
}

export const RUN_OPTION_DEFAULTS: RunOptions = {
  whenUncertain: undefined,
  settleSecs: 10,
  timeoutSecs: undefined,
  inlineResultBytes: 256 * 1024,
  failUnlessSuccess: false,
};

/** The most `inlineResultBytes` may be: with everything around it a result stays below Temporal's 2 MiB for a payload. */
export const MAX_INLINE_RESULT_BYTES = 1024 * 1024;

/** The longest deadline: ten years. */
export const MAX_TIMEOUT_SECS = 10 * 365 * 86_400;

const OPTION_CHECKS: { readonly [K in keyof RunOptions]: (value: unknown) => boolean } = {
  whenUncertain: (value) => value === 'resubmit' || value === 'ask',
  settleSecs: (value) => isNumberWithin(value, 0, 3_600),
  timeoutSecs: (value) => isNumberWithin(value, 1, MAX_TIMEOUT_SECS),
  inlineResultBytes: (value) => isNumberWithin(value, 0, MAX_INLINE_RESULT_BYTES),
  failUnlessSuccess: (value) => typeof value === 'boolean',
};

function isNumberWithin(value: unknown, min: number, max: number): boolean {
  return typeof value === 'number' && value >= min && value <= max;
}

/**
 * Reads options of any shape: a usable value counts, anything else is its default. It never throws, because a workflow
 * cannot refuse its input before the first activity has; the refusal with the field's name comes from there.
 */
export function readRunOptions(options: unknown): RunOptions {
  const given = typeof options === 'object' && options !== null ? Object.entries(options) : [];
  const usable = given.filter(([name, value]) => isOptionName(name) && OPTION_CHECKS[name](value));
  return { ...RUN_OPTION_DEFAULTS, ...Object.fromEntries(usable) };
}

function isOptionName(name: string): name is keyof RunOptions {
  return Object.hasOwn(OPTION_CHECKS, name);
}
