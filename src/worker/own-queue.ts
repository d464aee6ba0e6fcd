import { setTimeout as delay } from 'node:timers/promises';
import { StartRefused } from '../config/read-config.js';
import { GONE_AFTER_MS } from './request-share.js';
import type { Presence, PresenceOptions } from './request-share.js';

/** A worker serves another SOAR on the same task queue: actions would run in the wrong one. */
export class OtherSoar extends StartRefused {
  override readonly name = 'OtherSoar';

  constructor(own: string, other: string, taskQueue: string) {
    super(
      `Task queue "${taskQueue}" is served by a worker of another SOAR: ${other}. This one is for ${own}. ` +
        'End that worker, or give each SOAR a task queue of its own: set TEMPORAL_TASK_QUEUE to another name, and let ' +
        'callers name it, too.',
    );
  }
}

/** How a worker is called: who, since when, and for which SOAR. */
export function workerIdentity(who: string, soarOrigin: string): string {
  return `${who} ${Date.now()} ${soarOrigin}`;
}

/**
 * Waits until Temporal shows this worker, and makes sure that no older worker of another SOAR serves its task queue. One that
 * has just ended is still shown for 12 seconds, and waited for.
 *
 * @throws OtherSoar that names both
 */
export async function requireOwnQueue(presence: Presence, { identity, taskQueue }: PresenceOptions): Promise<void> {
  const untilMs = performance.now() + 2 * GONE_AFTER_MS;
  for (;;) {
    await presence.look().catch(() => undefined);
    const other = otherSoar(presence.workers(), identity);
    if (presence.workers().has(identity) && other === undefined) return;
    if (performance.now() > untilMs && other !== undefined) throw new OtherSoar(soarOf(identity), other, taskQueue);
    // A Temporal that does not show who polls must keep no worker from its work.
    if (performance.now() > untilMs) return;
    await delay(250);
  }
}

/** The SOAR of an older worker that is not this one's. */
function otherSoar(workers: ReadonlySet<string>, identity: string): string | undefined {
  const older = [...workers].filter((worker) => soarOf(worker) !== '' && startOf(worker) < startOf(identity));
  return older.map(soarOf).find((soar) => soar !== soarOf(identity));
}

function soarOf(identity: string): string {
  return identity.split(' ')[2] ?? '';
}

function startOf(identity: string): number {
  return Number(identity.split(' ')[1]);
}
