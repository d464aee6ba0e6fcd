import { setTimeout as delay } from 'node:timers/promises';
import type { BatchRun, EnrichBatchResult } from '../../contracts/enrich-batch.js';
import { UserError } from '../errors.js';
import type { PreparedJob } from './prepare.js';
import type { ProgressWatch } from './progress.js';
import type { JobSpec } from './spec.js';
import type { Batch } from './start-batch.js';

/** SOAR ends a run that it cannot begin at once. An action that takes its time holds up the others no longer than this. */
const PATIENCE_MS = 10_000;

/**
 * Sends the first item alone, and looks what becomes of its run before anything else is sent: a wrong asset, container or action
 * ends every run alike, and so costs one.
 *
 * @throws UserError if SOAR ended the run for a reason that every row shares; the batch is cancelled then
 */
export async function sendPilot(
  batch: Pick<Batch, 'addItems' | 'runs' | 'result' | 'cancel'>,
  { spec, folder, input, results }: PreparedJob,
  progress: Pick<ProgressWatch, 'next'>,
  ended: Promise<EnrichBatchResult>,
): Promise<void> {
  const { sent, closed, followed } = await results.checkpoint();
  if (spec.keepGoing || spec.mapping.perRow.length > 0 || closed || sent > 1 || followed > 0) return;
  const [first] = await input.itemsAt([0]);
  if (!first) return;
  if (sent === 0) await batch.addItems([first], 0);
  await results.saveCheckpoint({ sent: 1 });
  const run = await firstRun(batch, progress, ended);
  if (!run || !isShared(run, Object.values(first))) return;
  await batch.cancel('The first run ended for a reason that every row shares.');
  await batch.result();
  // What was sent has not been run: the same command begins again, with all of it.
  folder.remove();
  throw new UserError(advice(run, spec));
}

/** The first run once it has ended; `undefined` if that takes long, or if the batch is over. */
async function firstRun(
  batch: Pick<Batch, 'runs'>,
  progress: Pick<ProgressWatch, 'next'>,
  ended: Promise<EnrichBatchResult>,
): Promise<BatchRun | undefined> {
  const patience = new AbortController();
  const tooLong = delay(PATIENCE_MS, undefined, { signal: patience.signal }).catch(() => undefined);
  const over = ended.then(
    () => undefined,
    () => undefined,
  );
  const started = async (): Promise<BatchRun | undefined> => {
    for (let children = 0; children === 0; children = (await progress.next())?.childrenStarted ?? 0)
      if (patience.signal.aborted) return undefined;
    return (await batch.runs(0))[0];
  };
  try {
    return await Promise.race([started(), tooLong, over]);
  } finally {
    patience.abort();
  }
}

/**
 * True if SOAR ended the run before any app was asked: then the reason lies in what all rows share. What an app says of a row
 * has an app_run; what SOAR says of a row names the row's value, or its parameters.
 */
function isShared({ outcome, appRunIds, message }: BatchRun, values: readonly unknown[]): boolean {
  const isAboutRow = /\bparameter/i.test(message) || values.some((value) => message.includes(String(value)));
  return outcome === 'failed' && appRunIds.length === 0 && !isAboutRow;
}

const WAYS: readonly (readonly [RegExp, (spec: JobSpec) => string])[] = [
  [/asset/i, ({ target }) => `check --asset ${target.asset} in SOAR (Apps, Asset Settings)`],
  [/container/i, ({ target }) => `check that container ${target.container} exists, or name another with --container`],
  [/action|app/i, ({ target }) => `check that an app in SOAR offers "${target.action}", or name one with --app`],
  [/permission|authori[sz]|forbidden|40[13]/i, () => 'check what the user of the token may do in SOAR'],
];

function advice({ message }: BatchRun, spec: JobSpec): string {
  const way = WAYS.find(([pattern]) => pattern.test(message))?.[1](spec) ?? 'correct what SOAR says is wrong';
  const id = spec.workflowId === undefined ? 'the same command' : 'the same command with another --workflow-id';
  const said = message.replace(/\.$/, '');
  return `SOAR ended the first run before it began: ${said}. Every row would end like this, so no other was sent: ${way}; then ${id} goes on. --keep-going sends all rows anyway.`;
}
