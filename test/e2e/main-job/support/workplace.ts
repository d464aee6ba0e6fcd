import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse } from 'csv-parse/sync';
import { z } from 'zod';
import { isGone, isRunning } from '../../../../src/cli/stack/process.js';
import type { ProcessIdentity } from '../../../../src/cli/stack/process.js';
import { startSoarSim } from '../../../../src/sim/index.js';
import { eventually } from '../../support/phases.js';
import { runCommand } from './start-command.js';
import type { RunningCommand } from './start-command.js';

const serverSchema = z.object({ pid: z.int(), startedAt: z.string(), command: z.string(), address: z.string() });
const rowsSchema = z.array(z.record(z.string(), z.string()));

/** A folder of a test's own, in which the main job is run. */
export class Workplace {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'soar-runner-main-job-'));
  readonly #commands: RunningCommand[] = [];

  at(name: string): string {
    return path.join(this.folder, name);
  }

  write(name: string, content: string | Uint8Array): void {
    writeFileSync(this.at(name), content);
  }

  /** What lies in the folder, by name. */
  names(): string[] {
    return readdirSync(this.folder).sort();
  }

  /** @param input what the command reads on standard input; nothing where it is absent */
  run(args: readonly string[], configured: Readonly<Record<string, string>> = {}, input?: string): RunningCommand {
    const command = runCommand(this.folder, args, configured, input);
    this.#commands.push(command);
    return command;
  }

  /** The Temporal server that the last run started. Its number alone may be another process's by now. */
  temporalServer(): z.infer<typeof serverSchema> {
    return serverSchema.parse(JSON.parse(readFileSync(this.at('.soar-runner/temporal.json'), 'utf8')));
  }

  /** The rows of a CSV file, by the names of its columns. */
  rows(name: string): Record<string, string>[] {
    return rowsSchema.parse(parse(readFileSync(this.at(name)), { columns: true }));
  }

  /** How often the embedded SOAR has located each address, by its own journal. Counted on a copy: a SOAR that runs goes on. */
  async lookUps(): Promise<Readonly<Record<string, number>>> {
    copyFileSync(this.at('.soar-runner/soar.jsonl'), this.at('copy.jsonl'));
    const sim = await startSoarSim({ dataFile: this.at('copy.jsonl') });
    const counts = sim.counts().executions['geolocate ip'] ?? {};
    await sim.close();
    return counts;
  }

  async close(): Promise<void> {
    for (const command of this.#commands)
      if (command.isRunning()) process.stderr.write(`Still running: ${command.said.stdout}${command.said.stderr}\n`);
    await Promise.all(this.#commands.map((command) => command.end('SIGKILL')));
    await killed(this.#leftServer());
    rmSync(this.folder, { recursive: true });
  }

  #leftServer(): ProcessIdentity | undefined {
    try {
      return this.temporalServer();
    } catch {
      return undefined;
    }
  }
}

/** kill -9, and gone when this resolves. */
export async function killed(server: ProcessIdentity | undefined): Promise<void> {
  if (!server || !isRunning(server)) return;
  process.kill(server.pid, 'SIGKILL');
  await eventually(() => Promise.resolve(isGone(server) ? true : undefined));
}
