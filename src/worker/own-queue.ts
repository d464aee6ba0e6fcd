import { setTimeout as delay } from 'node:timers/promises';
import { StartRefused } from '../config/read-config.js';
import type { Logger } from './logger.js';
import { GONE_AFTER_MS, livePollers } from './request-share.js';
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
 * has just ended is still shown for 12 seconds, and waited for. An announcement alone is a hint, which anybody can give: it keeps no
 * worker from its work if nobody of that name takes any.
 *
 * @throws OtherSoar that names both
 */
export async function requireOwnQueue(presence: Presence, options: PresenceOptions, log: Logger): Promise<void> {
  const { identity, taskQueue } = options;
  const untilMs = performance.now() + 2 * GONE_AFTER_MS;
  let told: string | undefined;
  for (;;) {
    await presence.look().catch(() => undefined);
    const other = otherSoars(presence.workers(), identity)[0];
    if (presence.workers().has(identity) && other === undefined) return;
    if (other !== undefined && other !== told)
      log.warn(
        { taskQueue, soar: soarOf(other) },
        'another SOAR’s worker announces itself on this task queue: waiting',
      );
    told = other;
    if (performance.now() > untilMs) break;
    await delay(250);
  }
  const others = otherSoars(presence.workers(), identity);
  // A Temporal that does not show who polls must keep no worker from its work.
  const takers = others.length === 0 ? new Set<string>() : await takersOf(options).catch(() => new Set<string>());
  const taker = others.find((other) => takers.has(other));
  if (taker !== undefined) throw new OtherSoar(soarOf(identity), soarOf(taker), taskQueue);
  if (others.length > 0) log.warn({ taskQueue }, 'nobody of that name takes work here: this worker starts');
}

/** Older workers of a SOAR that is not this one's. */
function otherSoars(workers: ReadonlySet<string>, identity: string): string[] {
  return [...workers].filter((worker) => {
    const isOther = soarOf(worker) !== '' && soarOf(worker) !== soarOf(identity);
    return isOther && startOf(worker) < startOf(identity);
  });
}

/** A worker's poll for work waits for a minute at Temporal. */
const TAKES_WORK_MS = 120_000;

/** Who polls the task queue itself, for workflow tasks. */
async function takersOf({ connection, namespace, taskQueue }: PresenceOptions): Promise<Set<string>> {
  const { pollers } = await connection.workflowService.describeTaskQueue({ namespace, taskQueue: { name: taskQueue } });
  return livePollers(pollers, TAKES_WORK_MS);
}

function soarOf(identity: string): string {
  return identity.split(' ')[2] ?? '';
}

function startOf(identity: string): number {
  return Number(identity.split(' ')[1]);
}
