import { createReadStream, createWriteStream } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { PassThrough, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { Client, Connection } from '@temporalio/client';
import { z } from 'zod';
import { historyOf } from '../contenders/programs/temporal-client.js';
import type { Stage } from '../contenders/contender.js';
import { startSoarRunner } from '../engines/soar-runner-worker.js';
import { cpuMsOf, peakMemoryOf, residentMemoryOf } from '../measure/process-tree.js';
import { watch } from '../measure/settled.js';
import { historySchema } from '../programs/serve-client.js';
import { runCommand } from '../programs/run-command.js';
import type { BenchSoar } from '../soar/start-soar.js';
import { address } from './scenarios.js';
import { withStage } from './with-stage.js';

const CLI = path.join(__dirname, '../../dist/cli/main.js');
const WORKFLOW_ID = 'bench-scale';
const IN_THE_EMBEDDED_SOAR = ['--app', '1', '--asset', 'maxmind', '--container', '1'];

/** How the rows are written. */
export const SCALE_FORMATS = ['csv', 'jsonl', 'json', 'jsonl.gz'] as const;
/** One of {@link SCALE_FORMATS}. */
export type ScaleFormat = (typeof SCALE_FORMATS)[number];

/** What one file came to. */
export const scaleTrialSchema = z.object({
  rows: z.int(),
  format: z.enum(SCALE_FORMATS),
  elapsedMs: z.number(),
  /** Resident memory: what it settled at in the second half, and its peak. */
  commandBytes: z.number(),
  commandPeakBytes: z.number(),
  workerBytes: z.number(),
  workerPeakBytes: z.number(),
  /** User and system time of command, worker and Temporal's server together. */
  cpuMs: z.number(),
  restCalls: z.int(),
  history: historySchema,
});

/** {@link scaleTrialSchema} as a type. */
export type ScaleTrial = z.infer<typeof scaleTrialSchema>;

/** Sends a file of `rows` addresses, a fifth of them duplicates, through `soar-runner batch`, with a stack of its own. */
export async function runScaleTrial(rows: number, format: ScaleFormat): Promise<ScaleTrial> {
  return withStage(1, async (stage, soar) => measure({ rows, format }, stage, soar, await startSoarRunner(stage)));
}

async function measure(
  { rows, format }: Pick<ScaleTrial, 'rows' | 'format'>,
  stage: Stage,
  soar: BenchSoar,
  temporal: Record<string, string>,
): Promise<ScaleTrial> {
  const [input, output] = [path.join(stage.directory, `input.${format}`), path.join(stage.directory, 'results.csv')];
  await writeRows(input, format, rows);
  const callsBefore = await soar.requests();
  const cpuMsBefore = cpuMsOfAll(stage);
  const workerMemory = watch(() => sumOverWorkers(stage, residentMemoryOf));
  const command = await runCommand({
    args: [
      CLI,
      'batch',
      input,
      '--output',
      output,
      '--no-worker',
      '--workflow-id',
      WORKFLOW_ID,
      ...IN_THE_EMBEDDED_SOAR,
    ],
    directory: stage.directory,
    logFile: path.join(stage.directory, 'command.log'),
    environment: { ...temporal, SOAR_BASE_URL: soar.url, SOAR_AUTH_TOKEN: soar.token },
  });
  const workerBytes = workerMemory.settled();
  const lines = await countLines(output);
  if (lines !== rows + 1) throw new Error(`${lines} lines for ${rows} rows and a header`);
  return {
    rows,
    format,
    elapsedMs: command.elapsedMs,
    commandBytes: command.settledBytes,
    commandPeakBytes: command.peakBytes,
    workerBytes,
    workerPeakBytes: sumOverWorkers(stage, peakMemoryOf),
    cpuMs: command.cpuMs + cpuMsOfAll(stage) - cpuMsBefore,
    restCalls: (await soar.requests()) - callsBefore,
    history: await historyIn(temporal),
  };
}

function sumOverWorkers({ processes }: Stage, figure: (pid: number) => number): number {
  return processes.filter(({ role }) => role === 'worker').reduce((sum, { pid }) => sum + figure(pid), 0);
}

function cpuMsOfAll({ processes }: Stage): number {
  return processes.reduce((sum, { pid }) => sum + cpuMsOf(pid), 0);
}

async function writeRows(file: string, format: ScaleFormat, rows: number): Promise<void> {
  const isList = format === 'json';
  const rowOf = (index: number): string => (format === 'csv' ? address(index) : JSON.stringify({ ip: address(index) }));
  const lines = function* (): Generator<string> {
    if (format === 'csv') yield 'ip\n';
    for (let index = 0; index < rows; index += 1) yield `${isList ? (index === 0 ? '[' : ',') : ''}${rowOf(index)}\n`;
    if (isList) yield ']\n';
  };
  const zipped = format.endsWith('.gz') ? createGzip() : new PassThrough();
  await pipeline(Readable.from(lines()), zipped, createWriteStream(file));
}

async function countLines(file: string): Promise<number> {
  let count = 0;
  for await (const line of createInterface({ input: createReadStream(file) })) count += line === '' ? 0 : 1;
  return count;
}

async function historyIn(temporal: Record<string, string>): Promise<ScaleTrial['history']> {
  const connection = await Connection.connect({ address: temporal['TEMPORAL_ADDRESS'] ?? '' });
  try {
    return await historyOf(new Client({ connection }), { id: WORKFLOW_ID });
  } finally {
    await connection.close();
  }
}
