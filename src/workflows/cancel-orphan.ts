import { log, upsertSearchAttributes } from '@temporalio/workflow';
import type { FoundGroupRun, FoundRun, SeenRun } from '../activities/index.js';
import { isRecordId } from '../model/json.js';
import type { CancelAnswer } from '../model/run-state.js';
import { classifyActionRun, isTerminal } from '../model/run-state.js';
import { carriesTag, groupedTag, indexInGroup, isTag, markOf } from '../model/submission-tag.js';
import { cancelInSoar } from './calls/named.js';
import type { Proxy } from './calls/kinds.js';
import { persist } from './calls/persist.js';
import { hasFields, isListOf, isText, orNull } from './shapes.js';
import { requireFields, requireInput } from './input.js';
import type { Rules } from './input.js';
import { KEYS } from '../model/search-attributes.js';

/** A workflow that ended without a word, and what it may have left in SOAR. */
export interface Orphan {
  readonly workflowId: string;
  readonly runId: string;
  /** The tag in the names of its runs. */
  readonly tag: string;
  readonly isGroup: boolean;
  /** The run that it followed, as its search attribute says. */
  readonly actionRunId: number | null;
  /** Whether what is found is cancelled, or only reported. */
  readonly mode: 'cancel' | 'report';
}

/** What became of a run that nobody followed. */
export interface SweptRun {
  readonly actionRunId: number;
  /** SOAR's answer to the cancel; `null` if it was only reported. */
  readonly cancel: CancelAnswer | null;
}

/** Finds in SOAR what a terminated workflow has left there, and cancels it, unless another workflow has taken it up. */
export async function cancelOrphan(orphan: Orphan): Promise<SweptRun[]> {
  requireInput('orphan', orphan, 'what a worker found');
  requireFields(orphan, ORPHAN);
  const swept: SweptRun[] = [];
  for (const [actionRunId, mark] of await liveRuns(orphan)) {
    const isFollowed = await persist({
      summary: `does a workflow follow ${actionRunId}?`,
      isResult: isBoolean,
      call: (soar) => soar.isFollowed({ actionRunId }),
    });
    if (isFollowed) continue;
    const cancel =
      orphan.mode === 'report'
        ? null
        : await cancelInSoar({ actionRunId, mark, origin: null }, `cancel action_run ${actionRunId}`);
    swept.push({ actionRunId, cancel });
    const { workflowId, runId } = orphan;
    const done = cancel === null ? 'reported' : cancel.accepted ? 'cancelled' : 'could not be cancelled';
    log.warn(`action_run ${actionRunId} was followed by nobody: ${done}`, { workflowId, runId, actionRunId, cancel });
  }
  upsertSearchAttributes([{ key: KEYS.state, value: swept.length > 0 ? 'swept' : 'nothing left' }]);
  return swept;
}

const isBoolean = (value: unknown): value is boolean => typeof value === 'boolean';
const isRun = hasFields<SeenRun>('id', 'status');

const ORPHAN: Rules<Orphan> = {
  workflowId: [isText, 'must be text'],
  runId: [isText, 'must be text'],
  tag: [isTag, 'must be the tag in the names of its runs, as soar-runner:<run id>'],
  isGroup: [isBoolean, 'must be true or false'],
  actionRunId: [orNull(isRecordId), 'must be null or a whole number from 1'],
  mode: [(value) => value === 'cancel' || value === 'report', 'must be "cancel" or "report"'],
};

/** The runs under the tag that SOAR has not ended. The known one is somebody's word: it counts only if its name has the tag. */
async function liveRuns({ tag, isGroup, actionRunId }: Orphan): Promise<[id: number, mark: string][]> {
  const lookUp = { tag, name: '', keep: null, origin: null };
  const ofGroup = {
    summary: 'what is left of the group?',
    isResult: isListOf<FoundGroupRun>('actionRunId'),
    call: (soar: Proxy) => soar.findGroupRuns(lookUp),
  };
  const alone = {
    summary: 'what is left?',
    isResult: isListOf<FoundRun>('id'),
    call: (soar: Proxy) => soar.findActionRuns(lookUp),
  };
  const ids = isGroup
    ? (await persist(ofGroup)).map((run) => run.actionRunId)
    : (await persist(alone)).map(({ id }) => id);
  const live: [number, string][] = [];
  for (const id of new Set([...ids, ...(actionRunId === null ? [] : [actionRunId])])) {
    const run = await persist({
      summary: `is action_run ${id} live?`,
      isResult: orNull(isRun),
      call: (soar) => soar.lookAtActionRun({ actionRunId: id, tag: null, origin: null }),
    });
    if (run === null || isTerminal(classifyActionRun(run))) continue;
    const index = isGroup ? indexInGroup(run.name, tag) : undefined;
    const own = index === undefined ? tag : groupedTag(tag, index);
    if (carriesTag(run.name, own)) live.push([id, markOf(own)]);
    else log.warn(`action_run ${id} is left alone: its name does not have the tag ${tag}`);
  }
  return live;
}
