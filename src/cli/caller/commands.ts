import { randomUUID } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { InvalidInput } from '../../client/errors.js';
import type { BatchHandle } from '../../client/batch-handle.js';
import type { ActionHandle } from '../../client/handle.js';
import { readPage } from '../../client/rows.js';
import { checkRun } from '../../contracts/run-action.js';
import type { RunActionOptions, RunActionRequest } from '../../contracts/run-action.js';
import type { RowsPage } from '../../contracts/read-rows.js';
import { SOAR_ERROR_CODES } from '../../model/error-codes.js';
import { isObject } from '../../model/json.js';
import { messageOf, UserError } from '../errors.js';
import { readText, textOf } from '../input/text.js';
import type { CallerOptions, ListOptions, RunOptions } from './connected.js';
import { withRunner } from './connected.js';
import { EXIT } from './exit-code.js';
import { conclude, howToGoOn, jsonLine, say, show, writeDocument, writeLine } from './print.js';

/** Runs one action. What is wrong with it is said before Temporal is asked. */
export function run(file: string, options: RunOptions): Promise<void> {
  return withRunner(options, async (connecting) => {
    const { request, options: runOptions } = readInput(await contentOf(file), file);
    const key = options.id ?? `run-${randomUUID()}`;
    const handle = await (await connecting()).runAction(key, request, runOptions);
    if (!options.detach) return untilEnded(handle, options);
    if (options.json) writeDocument({ workflowId: key });
    else say(`${key} is started. ${howToGoOn(key)}`);
    return EXIT.success;
  });
}

async function contentOf(file: string): Promise<string> {
  try {
    if (file === '-') return textOf('Standard input', await buffer(process.stdin));
    let whole = '';
    for await (const piece of readText({ name: file, path: file, hasOption: false })) whole += piece;
    return whole;
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`${file} cannot be read: ${messageOf(error)}`, 2);
  }
}

/** The body of the page as it is, or `{ request, options }`. */
function readInput(
  content: string,
  file: string,
): { request: RunActionRequest; options: RunActionOptions | undefined } {
  const given = parse(content, file);
  const isPair =
    isObject(given) && 'request' in given && Object.keys(given).every((key) => /^(request|options)$/.test(key));
  const { request, options } = isPair ? given : { request: given };
  const checked = checkRun({ request, options });
  if (!checked.ok) throw new InvalidInput(SOAR_ERROR_CODES.INVALID_REQUEST, checked.problems);
  return { request: request as RunActionRequest, options: options as RunActionOptions | undefined };
}

function parse(content: string, file: string): unknown {
  try {
    return JSON.parse(content);
  } catch (error) {
    throw new UserError(`${file === '-' ? 'Standard input' : file} is not JSON: ${messageOf(error)}`, 2);
  }
}

/** Waits for the end; Ctrl-C leaves it to itself. */
async function untilEnded(handle: ActionHandle, { json }: CallerOptions): Promise<number> {
  const { workflowId } = handle;
  const interrupted = onInterrupt();
  const ended = await Promise.race([handle.result(), interrupted]);
  if (ended === 'interrupted') return detached(workflowId, json);
  return conclude(workflowId, ended, json);
}

function onInterrupt(): Promise<'interrupted'> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const)
      process.once(signal, () => {
        resolve('interrupted');
      });
  });
}

function detached(workflowId: string, json: true | undefined): number {
  say(`\nDetached: ${workflowId} goes on. ${howToGoOn(workflowId)}`);
  if (json) writeDocument({ workflowId, detached: true });
  return EXIT.detached;
}

/** Shows where the key's workflow stands. */
export function status(key: string, options: CallerOptions): Promise<void> {
  const { json } = options;
  return withRunner(options, async (connecting) => {
    const state = await (await (await connecting()).find(key)).status();
    show(key, state, json);
    return EXIT.success;
  });
}

/** Shows it whenever it changes, and the result at the end. */
export function watch(key: string, options: CallerOptions): Promise<void> {
  const { json } = options;
  return withRunner(options, async (connecting) => {
    const handle = await (await connecting()).find(key);
    const following = follow(handle, json);
    const ended = await Promise.race([following, onInterrupt()]);
    return ended === 'interrupted' ? detached(key, json) : ended;
  });
}

async function follow(handle: ActionHandle | BatchHandle, json: true | undefined): Promise<number> {
  for await (const state of handle.watch()) show(handle.workflowId, state, json);
  return conclude(handle.workflowId, await handle.result(), json);
}

/** Asks the key's workflow to stop. */
export function cancel(key: string, options: CallerOptions): Promise<void> {
  const { json } = options;
  return withRunner(options, async (connecting) => {
    const handle = await (await connecting()).find(key);
    await handle.cancel();
    if (json) writeDocument({ workflowId: key, cancelRequested: true });
    else say(`${key} is asked to stop. What becomes of it: soar-runner watch ${key}`);
    return EXIT.success;
  });
}

/** Writes the rows that are there, page by page: one document, however many they are. */
export function results(key: string, options: CallerOptions): Promise<void> {
  const { json } = options;
  return withRunner(options, async (connecting) => {
    const runner = await connecting();
    await runner.find(key);
    const read = (from: number): Promise<RowsPage> => readPage(runner.place, { workflowId: key, from });
    let page = await read(0);
    if (json) process.stdout.write(`{"workflowId":${jsonLine(key)},"rows":[`);
    for (;;) {
      for (const row of page.rows) {
        if (json) process.stdout.write(`${row.place === 0 ? '' : ','}\n${jsonLine(row)}`);
        else writeLine([row.status, JSON.stringify(row.item), row.message]);
      }
      if (page.next === null || page.rows.length === 0) break;
      page = await read(page.next);
    }
    if (json) process.stdout.write(`],"next":${String(page.next)}}\n`);
    else if (page.next !== null) say(`It has not ended: more rows come, from number ${page.next} on.`);
    return EXIT.success;
  });
}

const MAX_LISTED = 1_000;

/** Lists actions and batches. */
export function list(options: ListOptions): Promise<void> {
  const { json, state } = options;
  return withRunner(options, async (connecting) => {
    const found = [];
    for await (const each of (await connecting()).list(state === undefined ? {} : { state })) {
      found.push(each);
      if (found.length === MAX_LISTED) break;
    }
    if (json) writeDocument(found);
    else
      for (const { workflowId, state: now, action, startTime } of found)
        writeLine([startTime, now, workflowId, action]);
    return EXIT.success;
  });
}
