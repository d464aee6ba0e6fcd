import type { BatchItem } from './batch-item.js';

/** A request as far as its place and its parameters are concerned. */
interface Targeted {
  readonly targets: readonly object[];
}

/** The request of one action_run of a batch: the batch's own, with what its items say of where it runs. */
export function requestOf<T extends Targeted>(request: T, target: BatchItem, parameters: readonly BatchItem[]): T {
  const { container_id, ...ofTarget } = target;
  const targets = request.targets.map((given) => ({ ...given, ...ofTarget, parameters: [...parameters] }));
  return { ...request, ...(container_id === undefined ? {} : { container_id }), targets };
}

/** The tag of run `index` of a group: its own, and recognisable as the group's. */
export function groupedTag(groupTag: string, index: number): string {
  return `${groupTag}/${index}`;
}

/** The place in its group of a run with this name; undefined where the name is not of this group. */
export function indexInGroup(name: string | null | undefined, groupTag: string): number | undefined {
  const start = name?.lastIndexOf(`[${groupTag}/`) ?? -1;
  const [, digits] = start < 0 ? [] : (/^(\d{1,6})\]/.exec(name?.slice(start + groupTag.length + 2) ?? '') ?? []);
  return digits === undefined ? undefined : Number(digits);
}
