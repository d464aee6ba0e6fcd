#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import {
  MAX_DELAY_SECS,
  MAX_ITEM_ATTEMPTS,
  MAX_ITEMS_PER_RUN,
  MAX_REUSE_WITHIN_SECS,
  MAX_RUNS_IN_FLIGHT,
} from '../model/options.js';
import type { BatchCommandOptions, StartOptions } from './batch-command.js';
import type { SimOptions } from './sim-command.js';
import { forTerminal } from '../model/text.js';
import { addCallerCommands } from './caller/add-commands.js';

/** The command line. Each command's code is loaded only when it is used. */
function program(): Command {
  const root = new Command('soar-runner').description('Durable Splunk SOAR actions on Temporal.').exitOverride();
  root.version(version(), '-V, --version', 'print the version');
  addStart(root);
  addBatch(root);
  addWorker(root);
  addSim(root);
  addCallerCommands(root);
  return root;
}

function version(): string {
  const text = readFileSync(path.join(__dirname, '../../package.json'), 'utf8');
  return /"version": "([^"]+)"/.exec(text)?.[1] ?? 'unknown';
}

function addStart(root: Command): void {
  const command = root
    .command('start')
    .description('Enrich a CSV of IP addresses; embedded Temporal, SOAR and worker if none are configured.');
  addReadingOptions(command);
  command
    .option('-i, --input <file>', 'CSV file with a column "ip" (default with the embedded SOAR: an example)')
    .option('-o, --output <file>', 'where the results go, with a report beside (default: results.csv beside the input)')
    .option('--once', 'end when the job is done, also on a terminal');
  addTargetOptions(command);
  addPlaceOptions(command);
  command.action(async (options: StartOptions) => {
    const { start } = await import('./batch-command.js');
    await start(options);
  });
}

function addTargetOptions(command: Command): void {
  command
    .option('--asset <name>', 'SOAR asset to run on (default with the embedded SOAR: maxmind)', readText)
    .option('--container <id>', 'SOAR container to run in (default with the embedded SOAR: 1)', readId)
    .option('--app <id>', 'number or GUID of the SOAR app (default: the one that offers the action)', readText);
}

function addPlaceOptions(command: Command): void {
  command
    .option('--local-temporal', 'run an embedded Temporal for a SOAR of your own: without a lock on this machine')
    .option('--mode <octal>', 'permissions of the results, as 640 (default: for their owner only)', readMode);
}

function addBatch(root: Command): void {
  const command = root
    .command('batch')
    .description('Run an action on every row of a file; embedded Temporal, SOAR and worker if none are configured.')
    .argument('[file]', 'a table, JSON, or a plain list, also packed as .gz or .zst; - is standard input');
  addInputOptions(command);
  addReadingOptions(command);
  addActionOptions(command);
  addJobOptions(command);
  addPlaceOptions(command);
  command.addHelpText('after', EXIT_CODES).action(async (file: string | undefined, options: BatchCommandOptions) => {
    const { batch } = await import('./batch-command.js');
    await batch(file, options);
  });
}

function addInputOptions(command: Command): void {
  command
    .addOption(
      new Option('--format <format>', 'format of the input (default: by its name and its content)').choices([
        'csv',
        'tsv',
        'json',
        'jsonl',
        'list',
      ]),
    )
    .option('--per-row <columns>', 'columns that say where a row runs: container_id, app_id, asset')
    .option('--from-container <id>', 'take the indicators from the artifacts of a SOAR container', readId)
    .option('--cef <field>', 'the CEF field of those artifacts, as sourceAddress');
}

function addReadingOptions(command: Command): void {
  command
    .option(
      '--column <name>',
      'column of the indicators: its name, a path as source.ip, or its number (default: the one named like the parameter)',
    )
    .option('--where <column=value>', 'take only rows with this value; may be given several times', several)
    .option('--delimiter <mark>', 'what stands between values: a mark, tab, or blanks (default: found)')
    .option('--header', 'the first row of a table has the names of its columns (default: found)')
    .option('--no-header', 'the first row of a table has values: columns go by number')
    .option('--no-quotes', 'a quote in a table is a mark like any other')
    .option(
      '--rows <path>',
      'where in JSON the rows are: hits.hits[], $ for each document, [] for its members (default: found)',
    )
    .option('--encoding <name>', 'encoding of the input, as windows-1252 (default: UTF-8 or UTF-16)')
    .option('--literal', 'take every value as it is written: no refanging, no lists')
    .option('--send-anything', 'send also values that the parameter cannot be, as SOAR says')
    .option('--explode', 'a row of the results for each value of a list')
    .option('--limit <number>', 'send only the first so many different items', wholeNumber(1, Number.MAX_SAFE_INTEGER))
    .option('--dry-run', 'show what would be sent, and send nothing')
    .option('--keep-going', 'go on also if SOAR cannot begin the first run')
    .option('--force', 'replace results of another job');
}

function several(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value];
}

function addActionOptions(command: Command): void {
  command
    .option('--action <name>', 'the action', readText, 'geolocate ip')
    .option('--parameter <name>', 'the parameter of the action that takes the indicator', readText, 'ip')
    .option('--type <type>', 'the type of the action (default: what SOAR says of it)')
    .option('--delay <secs>', 'seconds that each action_run waits before it begins', wholeNumber(0, MAX_DELAY_SECS));
  addTargetOptions(command);
}

function addJobOptions(command: Command): void {
  command
    .option(
      '--items-per-run <number>',
      'how many parameter sets an action_run takes',
      wholeNumber(1, MAX_ITEMS_PER_RUN),
    )
    .option('--max-runs-in-flight <number>', 'action_runs at a time', wholeNumber(1, MAX_RUNS_IN_FLIGHT))
    .option('--item-attempts <number>', 'how often a failed item is run', wholeNumber(1, MAX_ITEM_ATTEMPTS))
    .option(
      '--reuse-within <secs>',
      'take results of earlier runs that are no older than so many seconds',
      wholeNumber(1, MAX_REUSE_WITHIN_SECS),
    )
    .option(
      '-o, --output <file>',
      'results: .csv, .jsonl or .html; - is lines of JSON on standard output; may be given several times (default: for a.txt a.results.csv and a.results.html)',
      several,
    )
    .option('--workflow-id <id>', 'workflow id of the batch (default: made up)', readText)
    .option('--no-worker', 'leave the work to workers that run elsewhere')
    .option('--once', 'end when the job is done, also on a terminal');
}

const EXIT_CODES = `
Exit codes:
  0  done: every row is accounted for, and at least one succeeded
  1  no row succeeded, or the job could not be done or was stopped; the same command goes on with it
  2  the command or its input is wrong, and nothing was sent; or a part of the input could not be read, as was said`;

function addWorker(root: Command): void {
  root
    .command('worker')
    .description('Run the worker, configured by environment variables.')
    .action(async () => {
      const { runWorker } = await import('../worker/run-worker.js');
      await runWorker();
    });
}

function addSim(root: Command): void {
  root
    .command('sim')
    .description('Run the embedded SOAR alone.')
    .option('-p, --port <number>', 'port to listen on (default: a free one)')
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--data <file>', 'keep the state in this file')
    .option('--tls', 'speak HTTPS with a self-signed certificate')
    .action(async (options: SimOptions) => {
      const { sim } = await import('./sim-command.js');
      await sim(options);
    });
}

function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const number = Number(text);
    if (/^\d+$/.test(text) && number >= min && number <= max) return number;
    throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
  };
}

/** Temporal's ids have at most 1,000 bytes, and a character has at most four. */
const MAX_TEXT_CHARACTERS = 250;

function readText(text: string): string {
  if (text.trim() !== '' && text.length <= MAX_TEXT_CHARACTERS) return text;
  throw new InvalidArgumentError(`It must be a text of 1 to ${MAX_TEXT_CHARACTERS} characters.`);
}

function readId(text: string): string {
  if (/^[1-9]\d{0,15}$/.test(text)) return text;
  throw new InvalidArgumentError('It must be a number from 1.');
}

function readMode(text: string): number {
  if (/^0?[0-7]{3}$/.test(text)) return Number.parseInt(text, 8);
  throw new InvalidArgumentError('It must be three octal digits, as 640.');
}

// Results, state and logs are their owner's only: all that this command, and the servers it starts, ever create.
process.umask(0o077);

// A reader that has gone, as `head` goes, is no fault: a job has its results in files. Who writes rows to it listens himself.
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE' || stream.listenerCount('error') > 1) return;
    process.stderr.write(`The output cannot be written: ${error.message}\n`);
    process.exit(1);
  });

program()
  .parseAsync()
  .catch(async (error: unknown) => {
    if (error instanceof CommanderError) process.exit(error.exitCode === 0 ? 0 : 2);
    const { explain } = await import('./explain-errors.js');
    const { text, exitCode } = explain(error, process.env);
    if (text !== undefined) process.stderr.write(`${forTerminal(text)}\n`);
    // Not `process.exitCode`: a pending retry of a call to Temporal would keep the process alive.
    process.exit(exitCode);
  });
