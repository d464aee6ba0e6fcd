import { WorkflowNotFoundError } from '@temporalio/client';
import type { Client } from '@temporalio/client';
import type { WorkflowRun } from '../activities/index.js';
import { argumentsIn, firstEventOf, saysNoSuchRun } from '../client/temporal-calls.js';
import type { Started } from '../client/temporal-calls.js';
import { isObject } from '../model/json.js';
import { isBelow, WORKFLOW_TYPES } from '../model/names.js';
import { MAX_WORKFLOW_ID_BYTES } from '../model/options.js';
import { isTag, readBegun, submissionTag } from '../model/submission-tag.js';
import type { Begun } from '../model/submission-tag.js';

const OUR_TYPES: ReadonlySet<string> = new Set(Object.values(WORKFLOW_TYPES));

/** True for a workflow type of ours on our own task queue: nobody else's word counts. */
export function isOurs(
  { type, taskQueue }: { readonly type: string; readonly taskQueue: string },
  ownQueue: string,
): boolean {
  return OUR_TYPES.has(type) && taskQueue === ownQueue;
}

/** A run of a workflow that may have left something in SOAR, and the tag by which that is found. */
type Orphan = WorkflowRun & { readonly tag: string };

/** What the first event of a workflow's run says. */
interface Facts {
  /** `null` if it is none of ours. */
  readonly type: string | null;
  /** Of its own submissions. */
  readonly tag: string;
  readonly begun: Begun | undefined;
  readonly orphan: Orphan | undefined;
  readonly parent: WorkflowRun | undefined;
  /** The run before this one, and Temporal's number for what made this one. */
  readonly before: WorkflowRun | undefined;
  readonly initiator: number;
}

/** A cron schedule is another. */
const BY_WORKFLOW = 1;
const BY_RETRY = 2;

const MAX_REMEMBERED = 10_000;

/**
 * Which runs of workflows are ours, who started them, and under which tag their action_runs are: by the first event of each, which
 * Temporal wrote and which never changes.
 */
export class OurWorkflows {
  readonly #known = new Map<string, Facts>();

  constructor(
    private readonly client: Client,
    private readonly taskQueue: string,
  ) {}

  async isOurs(run: WorkflowRun): Promise<boolean> {
    return ((await this.#factsOf(run))?.type ?? null) !== null;
  }

  /** The tag of the action_runs that it may touch: its own, or those of what it sweeps up; undefined if it is not ours. */
  async claimOf(run: WorkflowRun): Promise<string | undefined> {
    const facts = await this.#factsOf(run);
    if (!facts || facts.type === null) return undefined;
    if (facts.type !== WORKFLOW_TYPES.cancelOrphan) return this.#tagBy(run, facts);
    return facts.orphan && (await this.#isOrphaned(facts.orphan)) ? facts.orphan.tag : undefined;
  }

  /** The tag of the run's submissions, as the workflow itself makes it; of one that a group began it is the group's. */
  async tagOf(run: WorkflowRun): Promise<string | undefined> {
    const facts = await this.#factsOf(run);
    return facts && this.#tagBy(run, facts);
  }

  async #tagBy(run: WorkflowRun, { begun, parent, tag }: Facts): Promise<string> {
    return begun && (await this.#isOfBatch(run, parent)) ? begun.tag : tag;
  }

  /** True if the parent is an `enrichBatch` of ours; the run of it that started the child may have been deleted meanwhile. */
  async #isOfBatch({ workflowId }: WorkflowRun, parent: WorkflowRun | undefined): Promise<boolean> {
    if (!parent || !isBelow(workflowId, parent.workflowId)) return false;
    const facts = (await this.#factsOf(parent)) ?? (await this.#factsOf(await this.#latest(parent)));
    return facts?.type === WORKFLOW_TYPES.enrichBatch;
  }

  /** True if the run goes on from an `enrichBatch` of ours. A retry has the arguments of the run before it: who handed them to that one counts. */
  async isContinued(run: WorkflowRun): Promise<boolean> {
    const { before, initiator } = (await this.#factsOf(run)) ?? {};
    if (!before) return false;
    if (initiator === BY_RETRY) return this.isContinued(before);
    if (initiator !== BY_WORKFLOW) return false;
    const former = await this.#factsOf(before);
    // Deleted, because this run has waited for long: what it was handed is checked, whoever it was.
    return former === undefined || former.type === WORKFLOW_TYPES.enrichBatch;
  }

  /** True if Temporal has ended the run, its tag is this, and no later run of the workflow goes on with it. */
  async #isOrphaned(orphan: Orphan): Promise<boolean> {
    if (!(await this.isOurs(orphan)) || (await this.tagOf(orphan)) !== orphan.tag) return false;
    const { status } = await this.client.workflow.getHandle(orphan.workflowId, orphan.runId).describe();
    return (status.name === 'TERMINATED' || status.name === 'TIMED_OUT') && !(await this.goesOn(orphan));
  }

  /** True if a later run of the same workflow goes on under the same tag: after a reset, and in a retry. */
  async goesOn({ workflowId, runId, tag }: Orphan): Promise<boolean> {
    const latest = await this.#latest({ workflowId });
    if (!latest?.isRunning || latest.runId === runId) return false;
    return (await this.tagOf(latest)) === tag;
  }

  async #latest({ workflowId }: Pick<WorkflowRun, 'workflowId'>) {
    try {
      const { runId, status } = await this.client.workflow.getHandle(workflowId).describe();
      return { workflowId, runId, isRunning: status.name === 'RUNNING' };
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return undefined;
      throw error;
    }
  }

  /** Undefined if Temporal does not have the run. */
  async #factsOf(run: WorkflowRun | undefined): Promise<Facts | undefined> {
    if (!run || run.runId === '') return undefined;
    const key = `${run.runId} ${run.workflowId}`;
    const known = this.#known.get(key);
    if (known) return known;
    const started = await firstEventOf(this.client, run.workflowId, run.runId).catch(undefinedIfNone);
    if (!started) return undefined;
    const facts = factsIn(started, run, this.taskQueue);
    if (this.#known.size >= MAX_REMEMBERED) this.#known.clear();
    this.#known.set(key, facts);
    return facts;
  }
}

function factsIn(started: Started, { workflowId, runId }: WorkflowRun, ownQueue: string): Facts {
  const { continuedExecutionRunId: beforeId, parentWorkflowExecution: parent, initiator } = started;
  const [first, , third] = argumentsIn(started);
  return {
    type: ourType(started, ownQueue),
    tag: ownTag(started, runId),
    begun: readBegun(third),
    orphan: readOrphan(first),
    parent: parent ? { workflowId: parent.workflowId ?? '', runId: parent.runId ?? '' } : undefined,
    before: beforeId ? { workflowId, runId: beforeId } : undefined,
    initiator: initiator ?? 0,
  };
}

function ourType({ workflowType, taskQueue }: Started, ownQueue: string): string | null {
  const type = workflowType?.name ?? '';
  return isOurs({ type, taskQueue: taskQueue?.name ?? '' }, ownQueue) ? type : null;
}

function ownTag({ attempt, cronSchedule, continuedExecutionRunId: beforeId, ...ids }: Started, runId: string): string {
  return submissionTag({
    runId,
    originalExecutionRunId: ids.originalExecutionRunId ?? runId,
    firstExecutionRunId: ids.firstExecutionRunId ?? runId,
    attempt: attempt ?? 1,
    ...(cronSchedule ? { cronSchedule } : {}),
    ...(beforeId ? { continuedFromExecutionRunId: beforeId } : {}),
  });
}

function readOrphan(value: unknown): Orphan | undefined {
  const { workflowId, runId, tag } = isObject(value) ? value : {};
  if (!isId(workflowId) || !isId(runId) || !isTag(tag)) return undefined;
  return { workflowId, runId, tag };
}

/** What is remembered of many workflows must be small. */
function isId(value: unknown): value is string {
  return typeof value === 'string' && value.length <= MAX_WORKFLOW_ID_BYTES;
}

function undefinedIfNone(error: unknown): undefined {
  if (saysNoSuchRun(error)) return undefined;
  throw error;
}
