import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { z } from 'zod';
import { UserError } from '../../src/cli/errors.js';
import { openInput } from '../../src/cli/input/open.js';
import type { InputFormat } from '../../src/cli/input/open.js';
import type { ReadingRules } from '../../src/cli/input/row.js';
import { readJsonFile } from '../../src/cli/stack/state-folder.js';
import { ConfigError, readConfig } from '../../src/config/read-config.js';
import { checkCarriedBatch } from '../../src/contracts/carried-batch.js';
import { checkBatchResult, checkGroupResult, checkRunResult } from '../../src/contracts/ended-workflows.js';
import { checkEnrichBatchInput } from '../../src/contracts/enrich-batch.js';
import { checkReadRowsInput } from '../../src/contracts/read-rows.js';
import { readChildPlaces } from '../../src/contracts/run-action-group.js';
import { checkRun, checkRunActionOptions, parseRunActionRequest } from '../../src/contracts/run-action.js';
import {
  actionResultSchema,
  actionRunSchema,
  appRunSchema,
  approvalSchema,
  pageSchema,
} from '../../src/contracts/soar.js';
import { problemOfPage } from '../../src/model/batch/batch-item.js';
import { readAnswer } from '../../src/soar/http/response.js';
import { SoarError } from '../../src/soar/soar-error.js';
import { bytes, json, optional, rules, text } from './fuzz-inputs.js';

/**
 * What no attacker has thought of yet: every parser at a boundary is fed for `FUZZ_SECONDS` each, 10 by default, and gives an
 * answer or an error of ours, in time.
 *
 *     FUZZ_SECONDS=600 npx jest --selectProjects external --testPathPatterns fuzz
 */
const SECONDS = Number(process.env['FUZZ_SECONDS'] ?? 10);
const LONGEST_MS = 5_000;

const folder = mkdtempSync(path.join(tmpdir(), 'soar-runner-fuzz-'));
const file = path.join(folder, 'input');
afterAll(() => {
  rmSync(folder, { recursive: true });
});

async function read(
  content: Buffer,
  format: InputFormat | undefined,
  how: ReadingRules,
  column?: string,
): Promise<void> {
  writeFileSync(file, content);
  const facts = { kinds: ['ip'] } as const;
  const request = { mapping: { parameter: 'ip', column, perRow: [] }, rules: how, facts };
  const reader = await openInput({ name: 'input', path: file, format }, request);
  for await (const { cells, reading } of reader.rows()) {
    if (cells.length > reader.columns.length) throw new Error('a row has more cells than there are columns');
    if (!('items' in reading) && reading.problem === '') throw new Error('a row is refused without a word');
  }
}

type Parser = readonly [what: string, input: fc.Arbitrary<readonly unknown[]>, parse: (...input: never[]) => unknown];
const reading = (format: InputFormat | undefined): fc.Arbitrary<readonly unknown[]> =>
  fc.tuple(bytes, fc.constant(format), rules, optional(fc.constantFrom('ip', '1', 'src.ip', 'nope')));
const answers = pageSchema(z.union([actionRunSchema, appRunSchema, actionResultSchema, approvalSchema]));

const PARSERS: readonly Parser[] = [
  ['tables', fc.oneof(reading('csv'), reading('tsv')), read],
  ['lines and documents of JSON', fc.oneof(reading('jsonl'), reading('json')), read],
  ['lists, and files of no known kind', fc.oneof(reading('list'), reading(undefined)), read],
  [
    'settings',
    fc.tuple(
      fc.dictionary(
        fc
          .constantFrom('SOAR_BASE_URL', 'SOAR_AUTH_TOKEN', 'SOAR_USERNAME', 'SOAR_PASSWORD', 'SOAR_TLS_VERIFY')
          .chain((name) =>
            fc.constantFrom(name, 'SOAR_MAX_REQUESTS_PER_SECOND', 'SOAR_ORPHANS', 'SOAR_AUTH_TOKEN_FILE'),
          ),
        fc.oneof(text, fc.constantFrom('https://soar', 'http://[::1]:1/rest', 'true', '5')),
      ),
    ),
    (environment: Record<string, string>) => readConfig(environment),
  ],
  [
    'answers of SOAR',
    fc.tuple(
      fc.oneof(
        bytes,
        json.map((value) => Buffer.from(JSON.stringify(value))),
      ),
      fc.constantFrom('', 'gzip', 'br, gzip'),
    ),
    async (body: Buffer, encoding: string) => {
      const context = { method: 'GET', path: '/rest', maxBodyBytes: 1e6, secrets: ['a-secret-token'], nowMs: 0 };
      const headers = { 'content-encoding': encoding, 'retry-after': body.toString('latin1', 0, 20) };
      answers.safeParse(await readAnswer({ status: 200, headers, body }, context));
      await readAnswer({ status: 503, headers, body }, context);
    },
  ],
  [
    'state files',
    fc.tuple(bytes),
    (content: Buffer) => {
      writeFileSync(file, content, { mode: 0o600 });
      return readJsonFile(file, z.object({ pid: z.int(), command: z.string().default('') }));
    },
  ],
  [
    'inputs of workflows',
    fc.tuple(json),
    (value: unknown) => {
      const checks = [checkEnrichBatchInput, checkReadRowsInput, checkRunActionOptions, checkRun, checkCarriedBatch];
      for (const check of [...checks, checkRunResult, checkGroupResult, checkBatchResult]) check(value);
      parseRunActionRequest(value);
      readChildPlaces({ items: value });
      return [problemOfPage(value, ['container_id', 'app_id', 'assets'])];
    },
  ],
];

const isOurs = (error: unknown): boolean => [UserError, ConfigError, SoarError].some((kind) => error instanceof kind);

/** @throws what fast-check found, with the smallest input that shows it */
async function fuzz([, input, parse]: Parser, seconds: number): Promise<void> {
  const run = parse as (...some: readonly unknown[]) => unknown;
  const property = fc.asyncProperty(input, async (some) => {
    const startedMs = performance.now();
    try {
      await run(...some);
    } catch (error) {
      if (!isOurs(error)) throw error;
    }
    expect(performance.now() - startedMs).toBeLessThan(LONGEST_MS);
    expect(Object.prototype).not.toHaveProperty('polluted');
  });
  const limits = { numRuns: 1e9, interruptAfterTimeLimit: seconds * 1_000, markInterruptAsFailure: false };
  await fc.assert(property, limits);
}

describe('whatever comes from outside', () => {
  it.each(PARSERS)(
    'gets an answer or an error of ours: %s',
    async (...parser) => {
      await fuzz(parser, SECONDS);
    },
    (SECONDS + 60) * 1_000,
  );

  it('is told from a parser that lets foreign errors out, which fails within moments', async () => {
    const weak: Parser = [
      'state files',
      fc.tuple(bytes),
      (content: Buffer) => JSON.parse(content.toString()) as unknown,
    ];
    await expect(fuzz(weak, 10)).rejects.toThrow(/Counterexample/);
  }, 60_000);
});
