import { setTimeout as sleep } from 'node:timers/promises';
import { markOf, tagIn } from '../model/submission-tag.js';
import type { CallOptions } from '../soar/caller.js';
import type { SoarClient } from '../soar/client.js';
import { saysNotFound } from '../soar/soar-error.js';
import { getOurRun, requireSameSoar, saysGone } from '../soar/our-run.js';
import type { SeenRuns } from '../soar/our-run.js';
import { listNewest, listTagged } from './find.js';
import type { LookUp } from './find.js';
import { withHeartbeat } from './heartbeat.js';

/** A list lags behind, and a SOAR's first run can come between two looks: only a doubt that lasts counts. */
const DOUBT = { tries: 4, intervalMs: 1_000 } as const;

/** Whether a look-up by tag that finds nothing says anything. A worker has one. */
export interface TagProof {
  /** A run of ours that SOAR has. */
  noteSubmitted(actionRunId: number, tag: string): void;
  /** Undefined if a look-up would find our runs; else why it may not. */
  doubt(call: CallOptions): Promise<string | undefined>;
}

/**
 * A list can be blind to our runs (a role without sight of it), and SOAR can cut names off before the tag. So a look-up that
 * finds nothing counts only once another run of ours has been found by its tag, or SOAR's lists show that there can be none.
 */
export function createTagProof(soar: SoarClient, seen: SeenRuns): TagProof {
  let submitted: { readonly id: number; readonly tag: string } | undefined;
  let isProven = false;
  return {
    noteSubmitted: (id, tag) => {
      submitted = { id, tag };
      seen.note(id, markOf(tag));
    },
    doubt: async (call) => {
      for (let tries = 1; !isProven; tries += 1) {
        if (submitted && (await isLost(soar, submitted, call))) submitted = undefined;
        const doubt = submitted ? await doubtByOwnRun(soar, submitted, call) : await doubtByLists(soar, call);
        isProven = doubt === undefined && submitted !== undefined;
        if (doubt === undefined || tries === DOUBT.tries) return doubt;
        await sleep(DOUBT.intervalMs, undefined, call.signal ? { signal: call.signal } : {});
      }
      return undefined;
    },
  };
}

/** A run that SOAR itself does not know any more proves nothing of its lists. */
async function isLost(soar: SoarClient, { id, tag }: { id: number; tag: string }, call: CallOptions): Promise<boolean> {
  try {
    await getOurRun(soar, { actionRunId: id, mark: markOf(tag), origin: null }, call);
    return false;
  } catch (error) {
    if (!saysGone(error)) throw error;
    return true;
  }
}

async function doubtByOwnRun(
  soar: SoarClient,
  { id, tag }: { readonly id: number; readonly tag: string },
  call: CallOptions,
): Promise<string | undefined> {
  const found = await listTagged(soar, tag, { name__contains: tag }, call);
  if (found.some((run) => run.id === id)) return undefined;
  return `SOAR's list of action_runs does not show action_run ${id} by the tag in its name, although that run is ours`;
}

/** No run of ours is known: the lists themselves must show that they are not blind. */
async function doubtByLists(soar: SoarClient, call: CallOptions): Promise<string | undefined> {
  const ours = await listNewest(soar, { name__contains: '[soar-runner:' }, 5, call);
  if (ours.some(({ name }) => tagIn(name) !== undefined)) return undefined;
  const newest = await listNewest(soar, {}, 20, call);
  if (newest.some(({ name }) => name?.includes('[soar-runner') && tagIn(name) === undefined))
    return 'SOAR cuts the names of action_runs off before the end of the tag';
  if (newest.length > 0) return undefined;
  // An empty list is that of a new SOAR, or of a role that does not see it.
  const first = await soar.getActionRun(1, call).catch((error: unknown) => {
    if (saysNotFound(error)) return undefined;
    throw error;
  });
  return first && 'SOAR has action_runs, but its list of them shows none to this user';
}

/** Why a look-up by tag may find nothing although the run is there; `null` if it would find it. */
export function doubtLookUps(
  soar: SoarClient,
  proof: TagProof,
  { origin }: Pick<LookUp, 'origin'>,
): Promise<string | null> {
  return withHeartbeat(async ({ signal }) => {
    requireSameSoar(soar, origin);
    return (await proof.doubt({ signal })) ?? null;
  });
}
