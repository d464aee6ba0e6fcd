#!/usr/bin/env node
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { ConfigError } from '../config/read-config.js';
import { SoarError } from '../soar/errors.js';
import { SearchAttributesMissing } from '../worker/search-attributes.js';
import type { SimOptions } from './commands/sim.js';
import type { StartOptions } from './commands/start.js';
import { messageOf, Problem } from './problem.js';

/** The command line. Each command's code is loaded only when it is used. */
function program(): Command {
  const root = new Command('soar-runner').description('Durable Splunk SOAR actions on Temporal.').exitOverride();
  root
    .command('start')
    .description('Enrich a CSV of IP addresses; embedded Temporal, SOAR and worker where none are configured.')
    .option('-i, --input <file>', 'CSV file with a column "ip"', 'examples/indicators.csv')
    .option('-o, --output <file>', 'where the results go (default: results.csv beside the input)')
    .option('--once', 'end when the job is done, also on a terminal')
    .option('--asset <name>', 'SOAR asset to run on', 'maxmind')
    .option('--container <id>', 'SOAR container to run in', readId, '1')
    .option('--app <id>', 'number or GUID of the SOAR app (default: the one that offers the action)')
    .action(async (options: StartOptions) => {
      const { start } = await import('./commands/start.js');
      await start(options);
    });
  root
    .command('sim')
    .description('Run the embedded SOAR alone.')
    .option('-p, --port <number>', 'port to listen on (default: a free one)')
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--data <file>', 'keep the state in this file')
    .option('--tls', 'speak HTTPS with a self-signed certificate')
    .action(async (options: SimOptions) => {
      const { sim } = await import('./commands/sim.js');
      await sim(options);
    });
  return root;
}

function readId(text: string): string {
  if (/^[1-9]\d{0,15}$/.test(text)) return text;
  throw new InvalidArgumentError('It must be a number from 1.');
}

const EXPECTED = [Problem, ConfigError, SearchAttributesMissing, SoarError];

function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  const isExpected = EXPECTED.some((kind) => error instanceof kind);
  const text = isExpected || !(error instanceof Error) ? messageOf(error) : (error.stack ?? error.message);
  process.stderr.write(`${text}\n`);
  return error instanceof Problem ? error.exitCode : 1;
}

program()
  .parseAsync()
  .catch((error: unknown) => {
    // Not `exitCode`: a question to Temporal that is still being repeated would keep the process up.
    process.exit(report(error));
  });
