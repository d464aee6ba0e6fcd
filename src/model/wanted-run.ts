import { canonicalJson, isObject } from './json.js';
import { comparable } from './refang.js';
import { cut } from './text.js';

/** Of a request what tells its run from others: everybody can give a run a name. */
export interface WantedRun {
  readonly action: string;
  readonly container_id: string | number;
  /** Absent if they are too large to be compared. */
  readonly targets?: readonly unknown[];
}

/** Of an action_run of SOAR's what is compared. A field that SOAR does not show is no word against it. */
interface SeenRun {
  readonly action?: string | null | undefined;
  readonly container?: number | null | undefined;
  readonly targets?: readonly unknown[] | null | undefined;
}

/** Why a run cannot be the one that was asked for, as a sentence about it: “it is …”; undefined if it can. */
export function whyOtherRun(wanted: WantedRun, run: SeenRun): string | undefined {
  const isAction = !run.action || comparable(run.action) === comparable(wanted.action);
  const isContainer = typeof run.container !== 'number' || run.container === Number(wanted.container_id);
  if (!isAction || !isContainer)
    return `it is “${cut(run.action ?? 'unnamed', 100)}” in container ${String(run.container)}`;
  return haveSameParameters(wanted.targets, run.targets) ? undefined : 'it has other parameters';
}

/** SOAR keeps the targets in the order in which they were sent. */
function haveSameParameters(wanted: SeenRun['targets'], found: SeenRun['targets']): boolean {
  if (!wanted || !found) return true;
  return wanted.length === found.length && wanted.every((target, at) => isSameTarget(target, found[at]));
}

function isSameTarget(wanted: unknown, found: unknown): boolean {
  const [own, sets] = [wanted, found].map((target) => (isObject(target) ? target['parameters'] : undefined));
  if (!Array.isArray(own) || !Array.isArray(sets)) return true;
  return own.length === sets.length && own.every((set: unknown, at) => repeats(sets[at], set));
}

/** True if a parameter set of SOAR's is the one that was sent: SOAR adds `context`, leaves out what is empty, and shows no secrets. */
function repeats(found: unknown, own: unknown): boolean {
  if (!isObject(own) || !isObject(found)) return false;
  const names = new Set([...Object.keys(own), ...Object.keys(found)].filter((name) => name !== 'context'));
  return [...names].every((name) => {
    const [seen, sent] = [found[name], own[name]].map((value) => comparable(value ?? ''));
    return isHidden(seen) || canonicalJson(seen) === canonicalJson(sent);
  });
}

function isHidden(value: unknown): boolean {
  return typeof value === 'string' && /^\*+$/.test(value);
}
