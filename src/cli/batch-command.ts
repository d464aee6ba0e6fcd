import path from 'node:path';
import { UserError } from './errors.js';
import { formatOf } from './input/open.js';
import type { InputFormat } from './input/open.js';
import { PER_ROW_FIELDS } from './input/row.js';
import type { PerRowField } from './input/row.js';
import type { ActionTarget, InputSource, JobSpec } from './job/spec.js';
import { STANDARD_OUTPUT } from './output/write.js';
import { readRules } from './reading-options.js';
import type { ReadingOptions } from './reading-options.js';
import { previewJob, runJob } from './run-job.js';
import { readConfig, warningsOf } from '../config/read-config.js';

type Environment = Readonly<Record<string, string | undefined>>;

/** Options that say where a command works and who may read what it writes. */
interface PlaceOptions {
  readonly localTemporal?: true;
  readonly mode?: number;
}

/** Options of `npm start`. */
export interface StartOptions extends ReadingOptions, PlaceOptions {
  readonly input?: string;
  readonly output?: string;
  readonly asset?: string;
  readonly container?: string;
  readonly app?: string;
  readonly once?: true;
}

/** The main job: a batch with a CSV of IP addresses as its input. @throws UserError, see {@link runJob} */
export async function start(options: StartOptions): Promise<void> {
  await runOrPreview(options, process.stdout, () => readStartSpec(options, process.env));
}

/** The job of `npm start`. The example goes to the embedded SOAR only. @throws UserError if an option is missing */
export function readStartSpec(options: StartOptions, environment: Environment): JobSpec {
  refuseLostOptions(environment);
  const { input = exampleFor(environment), output, once, mode } = options;
  const source = { kind: 'file', path: input, format: formatOf(input) ?? 'csv' } as const;
  const csv = output ?? path.join(input === EXAMPLE && !isCheckout() ? '' : path.dirname(input), 'results.csv');
  const { dir, name } = path.parse(csv);
  return {
    source,
    mapping: { parameter: 'ip', column: options.column, perRow: [] },
    rules: readRules(options),
    limit: options.limit,
    target: readTarget(source, { action: EMBEDDED.action, ...options }, environment),
    options: {},
    outputs: [...new Set([csv, path.join(dir, `${name}.html`)])],
    isOutputByDefault: output === undefined,
    force: options.force,
    keepGoing: options.keepGoing,
    mode,
    stayUp: !once,
    worker: true,
  };
}

const PACKAGE = path.join(__dirname, '../..');
/** In a checkout as people type it. */
const EXAMPLE = isCheckout() ? 'examples/indicators.csv' : path.join(PACKAGE, 'examples/indicators.csv');

function exampleFor(environment: Environment): string {
  if (!environment['SOAR_BASE_URL']) return EXAMPLE;
  throw new UserError(`Name your input: --input FILE. The example is not sent to a SOAR of your own unasked.`, 2);
}

function isCheckout(): boolean {
  return path.relative('', PACKAGE) === '';
}

/** `npm start --input x` gives the option to npm, which would then start something else than was asked for. */
function refuseLostOptions(environment: Environment): void {
  if (environment['npm_lifecycle_event'] !== 'start') return;
  const names = ['input', 'output', 'asset', 'container', 'app', 'once', 'mode', 'local_temporal'];
  const lost = names.find((name) => environment[`npm_config_${name}`]);
  if (lost === undefined) return;
  const option = `--${lost.replace('_', '-')}`;
  throw new UserError(`npm kept ${option} for itself: put -- before it, as in: npm start -- ${option} …`, 2);
}

/** Options of `soar-runner batch`, each checked by the command line. */
export interface BatchCommandOptions extends ReadingOptions, PlaceOptions {
  readonly format?: InputFormat;
  readonly parameter: string;
  readonly perRow?: string;
  readonly fromContainer?: string;
  readonly cef?: string;
  readonly action: string;
  readonly type?: string;
  readonly app?: string;
  readonly asset?: string;
  readonly container?: string;
  readonly delay?: number;
  readonly itemsPerRun?: number;
  readonly maxRunsInFlight?: number;
  readonly itemAttempts?: number;
  readonly reuseWithin?: number;
  readonly output?: readonly string[];
  readonly workflowId?: string;
  readonly once?: true;
  readonly worker: boolean;
}

/** Runs an action on every row of an input, and writes a result for each. @throws UserError, see {@link runJob} */
export async function batch(file: string | undefined, options: BatchCommandOptions): Promise<void> {
  const stream = options.output?.includes(STANDARD_OUTPUT) ? process.stderr : process.stdout;
  await runOrPreview(options, stream, () => readSpec(file, options, process.env));
}

type RunOptions = Pick<BatchCommandOptions, 'dryRun' | 'localTemporal'>;

/** The place comes first: nothing else matters where it is wrong. */
async function runOrPreview(options: RunOptions, stream: NodeJS.WritableStream, read: () => JobSpec): Promise<void> {
  const say = sayOn(options.dryRun ? process.stdout : stream);
  if (options.dryRun) return previewJob(read(), say);
  for (const warning of checkPlace(process.env, options.localTemporal)) say(warning);
  return runJob(read(), say);
}

function sayOn(stream: NodeJS.WritableStream): (text: string) => void {
  return (text) => {
    stream.write(`${text}\n`);
  };
}

/** The job that the options ask for. @throws UserError if they contradict each other */
export function readSpec(file: string | undefined, options: BatchCommandOptions, environment: Environment): JobSpec {
  const source = readSource(file, options);
  if (!options.worker && !environment['TEMPORAL_ADDRESS'])
    throw new UserError('--no-worker needs a Temporal with workers of its own: set TEMPORAL_ADDRESS.', 2);
  const { parameter, itemsPerRun, maxRunsInFlight, itemAttempts, reuseWithin, workflowId } = options;
  const column = source.kind === 'container' ? source.cef : options.column;
  return {
    source,
    mapping: { parameter, column, perRow: readPerRow(source, options) },
    rules: readRules(options),
    limit: options.limit,
    target: readTarget(source, options, environment),
    options: {
      ...(itemsPerRun === undefined ? {} : { itemsPerRun }),
      ...(maxRunsInFlight === undefined ? {} : { maxRunsInFlight }),
      ...(itemAttempts === undefined ? {} : { itemAttempts }),
      ...(reuseWithin === undefined ? {} : { reuseWithinSecs: reuseWithin }),
    },
    outputs: options.output ?? defaultOutputs(source),
    isOutputByDefault: options.output === undefined,
    force: options.force,
    keepGoing: options.keepGoing,
    mode: options.mode,
    workflowId,
    stayUp: !options.once && !environment['TEMPORAL_ADDRESS'],
    worker: options.worker,
  };
}

function readSource(file: string | undefined, { format, fromContainer, cef }: BatchCommandOptions): InputSource {
  if ((file === undefined) === (fromContainer === undefined))
    throw new UserError('Name either a file (- for standard input) or --from-container.', 2);
  if (fromContainer !== undefined) {
    if (cef === undefined) throw new UserError('--from-container needs --cef: the field that has the indicators.', 2);
    return { kind: 'container', container: Number(fromContainer), cef };
  }
  if (cef !== undefined) throw new UserError('--cef goes with --from-container.', 2);
  if (file === undefined || file === '-') return { kind: 'stdin', format };
  return { kind: 'file', path: file, format: format ?? formatOf(file) };
}

function readPerRow(source: InputSource, { perRow }: BatchCommandOptions): PerRowField[] {
  const names = (perRow ?? '').split(',').filter((name) => name !== '');
  const unknown = names.find((name) => !PER_ROW_FIELDS.some((field) => field === name));
  if (unknown !== undefined)
    throw new UserError(`--per-row takes ${PER_ROW_FIELDS.join(', ')}, separated by commas, and not "${unknown}".`, 2);
  if (names.length > 0 && (source.kind === 'container' || source.format === 'list'))
    throw new UserError('--per-row needs an input with columns: CSV, TSV or lines of JSON.', 2);
  return PER_ROW_FIELDS.filter((field) => names.includes(field));
}

/** The embedded SOAR has this asset and this container. In another SOAR the caller names them. */
const EMBEDDED = { action: 'geolocate ip', asset: 'maxmind', container: '1' } as const;

function readTarget(
  source: InputSource,
  options: Pick<BatchCommandOptions, 'action' | 'app' | 'type' | 'delay' | 'asset' | 'container'>,
  environment: Environment,
): ActionTarget {
  const { action, app, type, delay } = options;
  const isEmbedded = !environment['SOAR_BASE_URL'];
  const ownContainer = source.kind === 'container' ? String(source.container) : undefined;
  const container = options.container ?? ownContainer ?? (isEmbedded ? EMBEDDED.container : undefined);
  const asset = options.asset ?? (isEmbedded && action === EMBEDDED.action ? EMBEDDED.asset : undefined);
  if (container === undefined) throw new UserError('Say in which container to run: --container ID.', 2);
  if (asset === undefined) throw new UserError('Say on which asset to run: --asset NAME.', 2);
  return { action, asset, container, app, type, delaySecs: delay };
}

/** Beside the input under its name, as `a.results.csv` for `a.txt`; without a name, `results.csv` here. */
function defaultOutputs(source: InputSource): string[] {
  const names = ['results.csv', 'results.html'];
  if (source.kind !== 'file') return names;
  const { dir, name } = path.parse(source.path.replace(/\.(?:gz|zst)$/i, ''));
  return names.map((end) => path.join(dir, `${name}.${end}`));
}

const LOCAL_TEMPORAL =
  'The embedded Temporal has no lock: every user and program of this machine can run actions in your SOAR through it, ' +
  'until this command ends. It has no UI and no HTTP API then.';

/**
 * Checks where a command would work, before it reads its input: the settings of a SOAR of somebody's own, and that it is not
 * opened to everybody on this machine unasked.
 *
 * @returns what people should be told
 * @throws ConfigError if a setting is wrong, and UserError if the Temporal is not named
 */
export function checkPlace(
  environment: Readonly<Record<string, string | undefined>>,
  localTemporal: boolean | undefined,
): string[] {
  if (!environment['SOAR_BASE_URL']) return [];
  const warnings = warningsOf(readConfig(environment).soar);
  if (environment['TEMPORAL_ADDRESS']) return warnings;
  if (localTemporal) return [...warnings, LOCAL_TEMPORAL];
  throw new UserError(
    'With a SOAR of your own, name your Temporal: set TEMPORAL_ADDRESS. Or say --local-temporal for an embedded one, ' +
      'which has no lock: every user and program of this machine could run actions in your SOAR through it.',
    2,
  );
}
