import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { ROOT } from './code-blocks.js';

const toolsSchema = z.object({ temporal: z.string() });
const temporalSchema = z.object({ address: z.string() });

/** The files that the documents call their reader's own. */
const FILES: Readonly<Record<string, string>> = {
  'indicators.txt': '# a list\n8.8.8.8\n1[.]1[.]1[.]1\n',
  'misp.json': JSON.stringify({
    Event: {
      Attribute: [
        { type: 'ip-dst', value: '9.9.9.9' },
        { type: 'md5', value: 'x' },
      ],
    },
  }),
  'cases.csv': 'ip,container_id,asset\n8.8.4.4,1,maxmind\n',
  addresses: '77.88.8.8\n',
};

/** What a block of a document printed, and its exit code. */
export interface BlockEnd {
  readonly code: number | null;
  readonly output: string;
}

/** A folder in which soar-runner is installed, and `npx soar-runner start` runs on a terminal. */
export class Demo {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'soar-runner-documents-'));
  readonly #start;
  readonly #started: Promise<void>;
  readonly #ended: Promise<unknown>;

  constructor() {
    for (const [name, text] of Object.entries(FILES)) writeFileSync(this.at(name), text);
    this.#install();
    writeFileSync(this.at('terminal.cjs'), 'process.stdout.isTTY = true;\n');
    const node = ['--require', this.at('terminal.cjs'), path.join(ROOT, 'dist/cli/main.js'), 'start'];
    this.#start = spawn(process.execPath, node, { cwd: this.folder, env: ownSettingsAside(), stdio: 'pipe' });
    this.#ended = once(this.#start, 'close');
    this.#started = this.#says(/Everything stays up/);
  }

  at(name: string): string {
    return path.join(this.folder, name);
  }

  /** Where the embedded Temporal listens: at 7233, unless that is taken. */
  temporalAddress(): string {
    const record: unknown = JSON.parse(readFileSync(this.at('.soar-runner/temporal.json'), 'utf8'));
    return temporalSchema.parse(record).address;
  }

  /** Resolves once the example's batch is over and everything stays up. */
  ready(): Promise<void> {
    return this.#started;
  }

  /** Runs a block in Bash, or as an ES module, as a reader would. */
  async run(language: string, text: string, until?: RegExp): Promise<BlockEnd> {
    if (language === 'sh') return this.#finish(['bash', '-euo', 'pipefail', '-c', text], until);
    writeFileSync(this.at('sample.mjs'), text);
    return this.#finish([process.execPath, '--require', this.#redirect(), 'sample.mjs'], until);
  }

  async close(): Promise<void> {
    this.#start.kill('SIGTERM');
    await this.#ended;
    rmSync(this.folder, { recursive: true });
  }

  /** `soar-runner` and what comes with it, as npm would link it; `temporal` on the PATH. */
  #install(): void {
    mkdirSync(this.at('node_modules/.bin'), { recursive: true });
    symlinkSync(ROOT, this.at('node_modules/soar-runner'));
    symlinkSync(path.join(ROOT, 'node_modules/@temporalio'), this.at('node_modules/@temporalio'));
    const main = path.join(ROOT, 'dist/cli/main.js');
    this.#program('node_modules/.bin/soar-runner', `exec "${process.execPath}" "${main}" "$@"`);
    mkdirSync(this.at('bin'));
    const { temporal } = toolsSchema.parse(JSON.parse(readFileSync(path.join(ROOT, '.cache/tools.json'), 'utf8')));
    // Where 7233 is taken, `start` listens elsewhere and says so; a reader would go by that.
    this.#program(
      'bin/temporal',
      `TEMPORAL_ADDRESS=$(jq -r .address .soar-runner/temporal.json) exec "${temporal}" "$@"`,
    );
  }

  #program(name: string, command: string): void {
    writeFileSync(this.at(name), `#!/bin/sh\n${command}\n`);
    chmodSync(this.at(name), 0o755);
  }

  /** A sample says 7233; the demo may listen elsewhere. */
  #redirect(): string {
    const port = this.temporalAddress().split(':')[1];
    const code = `const { Socket } = require('node:net');
const connect = Socket.prototype.connect;
Socket.prototype.connect = function (...args) {
  const [options] = Array.isArray(args[0]) ? args[0] : args;
  if (String(options.port) === '7233') options.port = ${String(port)};
  return connect.apply(this, args);
};`;
    writeFileSync(this.at('redirect.cjs'), code);
    return this.at('redirect.cjs');
  }

  #environment(): NodeJS.ProcessEnv {
    return { ...ownSettingsAside(), PATH: `${this.at('bin')}${path.delimiter}${process.env['PATH'] ?? ''}` };
  }

  /** @param until a program that serves is ended once it has said this */
  async #finish([program = '', ...args]: readonly string[], until?: RegExp): Promise<BlockEnd> {
    const child = spawn(program, args, { cwd: this.folder, env: this.#environment(), stdio: 'pipe', detached: true });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => {
        output += chunk.toString();
        if (until?.test(output) && child.pid !== undefined) process.kill(-child.pid, 'SIGTERM');
      });
    await once(child, 'close');
    return { code: until?.test(output) ? 0 : child.exitCode, output };
  }

  #says(pattern: RegExp): Promise<void> {
    let said = '';
    return new Promise((resolve, reject) => {
      for (const stream of [this.#start.stdout, this.#start.stderr])
        stream.on('data', (chunk: Buffer) => {
          if (pattern.test((said += chunk.toString()))) resolve();
        });
      void this.#ended.then(() => {
        reject(new Error(`start ended: ${said}`));
      });
    });
  }
}

function ownSettingsAside(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(TEMPORAL|SOAR)_|^npm_/.test(name)));
}
