import { existsSync, readFileSync } from 'node:fs';
import Module, { createRequire } from 'node:module';
import path from 'node:path';
import { Script } from 'node:vm';
import type { Command } from 'commander';
import type * as commands from './commands.js';
import type { CallerOptions, ListOptions, RunOptions } from './connected.js';

const EXIT_CODES = `
Exit codes:
  0    success
  1    the action, or the batch, ended otherwise
  2    the command or its input is wrong, or the key names nothing: nothing was sent
  3    SOAR cannot be reached, or refused the action
  4    Temporal cannot be reached, or no worker answers
  130  Ctrl-C while waiting: the action goes on
  141  nobody reads the output any more: the action goes on`;

const JSON_OPTION = ['--json', 'write one JSON document to standard output, and nothing else'] as const;

/** Adds the commands that call workers which run elsewhere. Their code is loaded only when one is used. */
export function addCallerCommands(root: Command): void {
  root
    .command('run')
    .description('Run one action on the workers that run elsewhere, and wait for its end.')
    .argument('<file>', 'JSON: the body of POST /rest/action_run, or { request, options }; - is standard input')
    .option('--id <key>', 'the key of the action: the same one finds the first run (default: made up)')
    .option('--detach', 'do not wait for the end')
    .option(...JSON_OPTION)
    .addHelpText('after', EXIT_CODES)
    .action(async (file: string, options: RunOptions) => (await loadCommands()).run(file, options));
  addKeyCommand(root, 'status', 'Show where an action or a batch stands.');
  addKeyCommand(root, 'watch', 'Show where it stands whenever that changes, until its end; with --json a line each.');
  addKeyCommand(root, 'cancel', 'Ask it to stop; what is running in SOAR is cancelled.');
  addKeyCommand(root, 'results', 'Write the rows that are there: of a batch, or of an action.');
  root
    .command('list')
    .description('List the actions and batches on the task queue, the latest first.')
    .option('--state <state>', 'only those in this state, as awaitingApproval or success')
    .option(...JSON_OPTION)
    .addHelpText('after', EXIT_CODES)
    .action(async (options: ListOptions) => (await loadCommands()).list(options));
  root
    .command('schema')
    .description('Write the JSON Schema (2020-12) of an argument, result, answer or failure detail.')
    .argument('[name]', 'its name; without one, all of them by their names')
    .action(async (name?: string) => (await import('./schema.js')).schema(name));
}

function addKeyCommand(root: Command, name: 'status' | 'watch' | 'cancel' | 'results', description: string): void {
  root
    .command(name)
    .description(description)
    .argument('<key>', 'the key that it was started with: its workflow id')
    .option(...JSON_OPTION)
    .addHelpText('after', EXIT_CODES)
    .action(async (key: string, options: CallerOptions) => (await loadCommands())[name](key, options));
}

type Commands = typeof commands;

/** What the build has made of the commands and all that they need, with V8's compiled code beside it for the same Node. */
const BUNDLE = path.join(__dirname, '../../caller-bundle.js');

/** The commands of a caller. They are short, and half of the time would go by while some hundred modules are found and compiled. */
async function loadCommands(): Promise<Commands> {
  if (!existsSync(BUNDLE)) return import('./commands.js');
  const cache = `${BUNDLE}.cache`;
  const cachedData = existsSync(cache) ? { cachedData: readFileSync(cache) } : {};
  const script = new Script(Module.wrap(readFileSync(BUNDLE, 'utf8')), { filename: BUNDLE, ...cachedData });
  const module = { exports: {} };
  const load = script.runInThisContext() as (...scope: readonly unknown[]) => void;
  load(module.exports, createRequire(BUNDLE), module, BUNDLE, path.dirname(BUNDLE));
  return module.exports as Commands;
}
