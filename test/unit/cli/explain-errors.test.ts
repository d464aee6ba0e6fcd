import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ServiceError, WorkflowFailedError, WorkflowNotFoundError } from '@temporalio/client';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { CommanderError, InvalidArgumentError } from 'commander';
import { explain } from '../../../src/cli/explain-errors.js';
import { UserError } from '../../../src/cli/errors.js';
import * as client from '../../../src/client/errors.js';
import { IdempotencyConflict } from '../../../src/client/start-once.js';
import { ConfigError, StartRefused } from '../../../src/config/read-config.js';
import { FAILURE_TYPES } from '../../../src/model/names.js';
import { SoarError } from '../../../src/soar/soar-error.js';
import { OtherSoar } from '../../../src/worker/own-queue.js';
import { SearchAttributesMissing } from '../../../src/worker/register-search-attributes.js';

const SOAR_FIELDS = { code: 'SOAR_TLS', method: 'GET', path: '/rest/version', sent: false, detail: 'it is' } as const;

/** One of each class of error that anything in `src` throws on purpose. */
const THROWN: Readonly<Record<string, Error>> = {
  UserError: new UserError('what to do'),
  StartRefused: new StartRefused('what to do'),
  ConfigError: new ConfigError(['what to do']),
  OtherSoar: new OtherSoar('https://a.example', 'https://b.example', 'soar-runner'),
  SearchAttributesMissing: new SearchAttributesMissing('what to do'),
  SoarError: new SoarError(SOAR_FIELDS),
  SoarRunnerError: new client.SoarRunnerError('CODE', 'what to do'),
  InvalidInput: new client.InvalidInput('CODE', ['what to do']),
  SoarRefused: new client.SoarRefused('SOAR_FORBIDDEN', 'what to do'),
  ActionNotSuccessful: new client.ActionNotSuccessful('what to do', {} as never),
  WorkflowBroken: new client.WorkflowBroken('BROKEN', 'what to do'),
  NoSuchWorkflow: new client.NoSuchWorkflow('NOT_FOUND', 'what to do'),
  TemporalUnavailable: new client.TemporalUnavailable('TEMPORAL_UNAVAILABLE', 'what to do'),
  NoWorker: new client.NoWorker('NO_WORKER', 'what to do'),
  IdempotencyConflict: new IdempotencyConflict('id', 'a', 'b'),
  CommanderError: new CommanderError(2, 'code', 'said by commander'),
  InvalidArgumentError: new InvalidArgumentError('said by commander'),
};

/** Caught where they are thrown, or in the workflows and activities alone, which have no command line. */
const WITHIN: readonly string[] = ['BodyProblem', 'ResultsMoved', 'ApiError', 'CancelledFailure', 'CompleteAsyncError'];
/** Faults of ours, or of whoever calls our functions. */
const FAULTS: readonly string[] = ['Error', 'TypeError', 'RangeError'];

const SRC = path.join(__dirname, '../../../src');
const sources = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => readFileSync(path.join(SRC, name), 'utf8'));
const all = (pattern: RegExp): string[] => [
  ...new Set(sources.flatMap((text) => [...text.matchAll(pattern)].map(([, name = '']) => name))),
];

describe('an error that is thrown on purpose', () => {
  it('is one of these', () => {
    const ours = all(/class (\w+) extends (?:\w*Error|StartRefused)\b/g);
    const thrown = all(/throw new (?:\w+\.)?(\w+)\(/g);
    expect(ours.length).toBeGreaterThan(15);
    const known = [...Object.keys(THROWN), ...WITHIN, ...FAULTS];
    expect([...ours, ...thrown].filter((name) => !known.includes(name))).toEqual([]);
  });

  it.each(Object.entries(THROWN))('is explained without a stack: %s', (_name, error) => {
    const { text = error.message, exitCode } = explain(error, {});
    expect(text).toContain(error.message);
    expect(text).not.toMatch(/fault of soar-runner|^ {4}at /m);
    expect([1, 2]).toContain(exitCode);
  });

  it.each(FAULTS)('is reported as a fault where it is one: %s', () => {
    expect(explain(new TypeError('of ours'), {}).text).toMatch(/^This is a fault of soar-runner[^]*TypeError: of ours/);
  });
});

const failed = (cause: Error) => new WorkflowFailedError('Workflow execution failed', cause, 'NON_RETRYABLE_FAILURE');
const service = (code: number, details: string) =>
  new ServiceError('Failed', { cause: Object.assign(new Error(details), { code, details, metadata: {} }) });

describe('an error of Temporal', () => {
  it.each<[what: string, error: Error, says: RegExp, exitCode: number]>([
    ['a workflow that is not there', new WorkflowNotFoundError('gone', 'id', undefined), /no such workflow/, 2],
    [
      'an input that is refused',
      failed(ApplicationFailure.create({ message: 'no', type: FAILURE_TYPES.invalidItems })),
      /^no$/,
      2,
    ],
    ['a refusal of SOAR', failed(ApplicationFailure.create({ message: 'no', type: 'SOAR_FORBIDDEN' })), /^no$/, 1],
    ['a workflow that was cancelled', failed(new CancelledFailure('The batch was cancelled.')), /was cancelled/, 1],
    ['Temporal away', service(14, 'no connection'), /Temporal: no connection/, 1],
    ['a call that took too long', service(4, 'Deadline exceeded'), /Temporal: Deadline exceeded/, 1],
    ['a client that is refused', service(7, 'not allowed'), /refuses this client: not allowed/, 1],
  ])('is explained without a stack: %s', (_what, error, says, exitCode) => {
    expect(explain(error, {})).toEqual({ text: expect.stringMatching(says) as unknown, exitCode });
  });
});
