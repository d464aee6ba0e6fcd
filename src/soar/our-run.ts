import type { ActionRun } from '../contracts/soar.js';
import { SOAR_ERROR_CODES } from '../model/error-codes.js';
import { isMarked } from '../model/submission-tag.js';
import type { CallOptions } from './caller.js';
import type { SoarClient } from './client.js';
import { saysNotFound, SoarError, toSafeText } from './soar-error.js';

/** A run of ours: a number means nothing at another SOAR, nor at the same one after it came back from a backup. */
export interface KnownRun {
  readonly actionRunId: number;
  /** What its name has in it, and no other run's has. */
  readonly mark: string;
  /** Address of the SOAR that took the run; `null` if it is not known. */
  readonly origin: string | null;
}

/**
 * Refuses, as a passing fault, to do at this worker's SOAR what belongs to another: a worker of the right one may come.
 *
 * @throws SoarError that names both
 */
export function requireSameSoar(soar: SoarClient, origin: string | null): void {
  if (origin === null || origin === soar.origin) return;
  const detail = `this worker talks to ${soar.origin}, but the run is at ${origin}`;
  throw new SoarError({ code: SOAR_ERROR_CODES.OTHER_SOAR, method: 'GET', path: '/rest', sent: false, detail });
}

const SHOWN_CHARACTERS = 100;

/** The run itself, if it is ours. @throws SoarError `SOAR_OTHER_RUN` if its name says that it is another's */
export function requireOurs<Run extends Pick<ActionRun, 'id' | 'name'>>(run: Run, mark: string): Run {
  if (isMarked(run.name, mark)) return run;
  const name = toSafeText(run.name ?? '', SHOWN_CHARACTERS);
  const detail = `this number is another run's now, “${name}”: SOAR does not know ours`;
  const path = `/rest/action_run/${run.id}`;
  throw new SoarError({ code: SOAR_ERROR_CODES.OTHER_RUN, method: 'GET', path, sent: true, detail });
}

/** One look at a run of ours. @throws SoarError, also if the number is another run's now */
export async function getOurRun(
  soar: SoarClient,
  { actionRunId, mark, origin }: KnownRun,
  call: CallOptions,
): Promise<ActionRun> {
  requireSameSoar(soar, origin);
  return requireOurs(await soar.getActionRun(actionRunId, call), mark);
}

/** True if SOAR itself says that it does not have the run: it knows nothing of this number, or has another run under it. */
export function saysGone(error: unknown): error is SoarError {
  return saysNotFound(error) || isOtherRun(error);
}

/** True if SOAR has another run under the number of ours. */
export function isOtherRun(error: unknown): error is SoarError {
  return error instanceof SoarError && error.code === SOAR_ERROR_CODES.OTHER_RUN;
}

const PAGE_SIZE = 20;
const UNSAFE_IN_FILTERS = /["'\\]/;

/** Where SOAR has the run with this mark, whatever its number: the oldest, should there be several. */
export async function findMarked(soar: SoarClient, mark: string, call: CallOptions): Promise<ActionRun | undefined> {
  if (UNSAFE_IN_FILTERS.test(mark)) return undefined;
  const query = { filters: { name__contains: mark }, sort: 'id', order: 'desc', pageSize: PAGE_SIZE } as const;
  const { data } = await soar.listActionRuns(query, call);
  return data.filter(({ name }) => name?.includes(mark)).sort((a, b) => a.id - b.id)[0];
}

/** Less than it takes to restore a SOAR from a backup. */
const LATELY_MS = 300_000;

/** What SOAR has said lately of the runs under their numbers. A worker has one. */
export class SeenRuns {
  /** By number, the longest ago first. */
  readonly #seen = new Map<number, { readonly name: string; readonly atMs: number }>();

  constructor(private readonly now: () => number = () => performance.now()) {}

  note(actionRunId: number, name: string | null | undefined): void {
    this.#seen.delete(actionRunId);
    if (name) this.#seen.set(actionRunId, { name, atMs: this.now() });
    for (const [id, { atMs }] of this.#seen) {
      if (this.now() - atMs < LATELY_MS) return;
      this.#seen.delete(id);
    }
  }

  /** True if SOAR has lately had this run of ours under its number. */
  isOurs({ actionRunId, mark }: KnownRun): boolean {
    const seen = this.#seen.get(actionRunId);
    return seen !== undefined && this.now() - seen.atMs < LATELY_MS && isMarked(seen.name, mark);
  }
}
