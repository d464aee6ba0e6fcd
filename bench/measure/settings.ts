import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { temporalCliPath } from '../engines/temporal.js';

import { findPostgres, findProgram } from '../engines/find-program.js';

/** On what, with what and when figures were taken. */
export const settingsSchema = z.object({
  startedAt: z.string(),
  rounds: z.int(),
  node: z.string(),
  system: z.string(),
  processor: z.string(),
  cores: z.int(),
  memoryBytes: z.number(),
  /** Of the last minute, before the first trial and after the last. */
  loadBefore: z.number(),
  loadAfter: z.number(),
  /** As each program gives it, and each package by its name. */
  versions: z.record(z.string(), z.string()),
});

/** {@link settingsSchema} as a type. */
export type Settings = z.infer<typeof settingsSchema>;

/** Of ours, those that the figures depend on. */
const PACKAGES = ['@temporalio/worker', 'undici'];
const COMPETITORS = '../competitors/package.json';

const packageSchema = z.object({ dependencies: z.record(z.string(), z.string()) });

/** Notes the settings before the first trial; the load after the last is still to come. */
export function settingsOf(rounds: number): Omit<Settings, 'loadAfter'> {
  return {
    startedAt: new Date().toISOString(),
    rounds,
    node: process.version,
    system: `${os.type()} ${os.release()} ${os.arch()}`,
    processor: os.cpus()[0]?.model ?? 'unknown',
    cores: os.cpus().length,
    memoryBytes: os.totalmem(),
    loadBefore: currentLoad(),
    versions: {
      ...engineVersions(),
      ...packageVersions('../../package.json', PACKAGES),
      ...packageVersions(COMPETITORS),
    },
  };
}

/** Runnable processes on average over the last minute. */
export function currentLoad(): number {
  return os.loadavg()[0] ?? NaN;
}

function engineVersions(): Record<string, string> {
  const engines = [
    ['Temporal’s server', temporalCliPath(), /Server ([\d.]+)/],
    ['Redis', findProgram('redis-server'), /v=([\d.]+)/],
    ['PostgreSQL', findPostgres('postgres'), /([\d.]+)/],
  ] as const;
  return Object.fromEntries(
    engines.flatMap(([name, program, pattern]) => (program === undefined ? [] : [[name, versionOf(program, pattern)]])),
  );
}

function versionOf(program: string, pattern: RegExp): string {
  const said = execFileSync(program, ['--version'], { encoding: 'utf8' }).trim();
  return pattern.exec(said)?.[1] ?? said;
}

function packageVersions(file: string, names?: readonly string[]): Record<string, string> {
  const { dependencies } = packageSchema.parse(JSON.parse(readFileSync(path.join(__dirname, file), 'utf8')));
  return Object.fromEntries(Object.entries(dependencies).filter(([name]) => names?.includes(name) ?? true));
}
