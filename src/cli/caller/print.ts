import type { EnrichBatchResult } from '../../contracts/enrich-batch.js';
import type { RunActionResult } from '../../contracts/run-action.js';
import { isObject } from '../../model/json.js';
import { forTerminal, shellWord, withoutControls } from '../../model/text.js';
import { exitCodeOf } from './exit-code.js';

/** JSON on one line. What controls a terminal is escaped, which means the same in JSON. */
export function jsonLine(value: unknown): string {
  return withoutControls(JSON.stringify(value));
}

/** One JSON document, on one line. */
export function writeDocument(document: unknown): void {
  process.stdout.write(`${jsonLine(document)}\n`);
}

/** A line for people, on standard output: what SOAR says moves no cursor. */
export function writeLine(parts: readonly unknown[]): void {
  const shown = parts.filter((part) => part !== undefined && part !== null && part !== '');
  const texts = shown.map((part) => String(part).replace(/\s+/g, ' ').trim());
  process.stdout.write(`${forTerminal(texts.join('  '))}\n`);
}

/** A line for people beside the output. */
export function say(line: string): void {
  process.stderr.write(`${forTerminal(line)}\n`);
}

/** What can be done about an action that nobody waits for. */
export function howToGoOn(key: string): string {
  const quoted = shellWord(key);
  return `Go on waiting: soar-runner watch ${quoted}. Cancel it: soar-runner cancel ${quoted}`;
}

/** Writes a result. @returns the exit code that it means */
export function conclude(
  workflowId: string,
  result: RunActionResult | EnrichBatchResult,
  json: true | undefined,
): number {
  if (json) writeDocument({ workflowId, ...result });
  else {
    const message = 'message' in result ? result.message : `${result.succeeded} succeeded, ${result.failed} failed`;
    writeLine([`${result.outcome}:`, message]);
  }
  return exitCodeOf(result.outcome);
}

/** Writes a status. */
export function show(workflowId: string, state: object, json: true | undefined): void {
  if (json) writeDocument({ workflowId, ...state });
  else writeLine([workflowId, ...partsOf(state as Readonly<Record<string, unknown>>)]);
}

function partsOf(state: Readonly<Record<string, unknown>>): unknown[] {
  const { phase, outcome, actionRunId, message, problem, done, distinct, failed } = state;
  const wrong = isObject(problem) ? `problem ${String(problem['code'])}: ${String(problem['message'])}` : undefined;
  if (phase === undefined) return [`${String(done)} of ${String(distinct)} done`, `${String(failed)} failed`, wrong];
  return [outcome ?? phase, typeof actionRunId === 'number' ? `action_run ${actionRunId}` : undefined, message, wrong];
}
