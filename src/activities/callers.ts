import { Context } from '@temporalio/activity';
import { ACTIVITY_INPUTS } from '../contracts/activity-inputs.js';
import { isBelow, WORKFLOW_TYPES } from '../model/names.js';
import { isTag, runIdIn, tagOfMark } from '../model/submission-tag.js';
import { refusal, withoutPaths } from './failures.js';
import type { CallersView, WorkflowRun } from './wait/await-child.js';
import type { SoarActivities } from './activities.js';

/** The tags of the runs that a call touches, or their whole marks. `ours`: only the code of our own workflows may make it. */
type Claims = readonly string[] | 'ours';

interface Rule<Input> {
  readonly by: readonly (keyof typeof WORKFLOW_TYPES)[];
  readonly claims?: (input: Input, caller: WorkflowRun) => Claims;
}

const ofMark = ({ mark }: { readonly mark: string }): readonly string[] => [tagOfMark(mark) ?? mark];
const ofTag = ({ tag }: { readonly tag: string }): readonly string[] => [tag];

type InputOf<A extends keyof SoarActivities> = Parameters<SoarActivities[A]>[0];

/** Which workflows call an activity, and which runs are theirs to ask for. */
const RULES: { readonly [A in keyof SoarActivities]: Rule<InputOf<A>> } = {
  validateRun: { by: ['runAction'] },
  validateBatch: { by: ['enrichBatch'] },
  validateCarried: { by: ['enrichBatch'] },
  validateReadRows: { by: ['readRows'] },
  readRows: { by: ['readRows'] },
  submitActionRun: { by: ['runAction'], claims: ofTag },
  submitActionRuns: { by: ['runActionGroup'], claims: ofTag },
  cancelActionRun: { by: ['runAction', 'runActionGroup', 'cancelOrphan'], claims: ofMark },
  awaitActionRuns: {
    by: ['runAction', 'runActionGroup'],
    claims: ({ mark, indices }) => (indices === null ? ofMark({ mark }) : [mark]),
  },
  firstLook: { by: ['runAction'], claims: ofMark },
  lookAtActionRun: {
    by: ['runAction', 'cancelOrphan'],
    claims: ({ tag }) => (tag === null ? 'ours' : [tag]),
  },
  findActionRuns: { by: ['runAction', 'cancelOrphan'], claims: ofTag },
  awaitOtherRun: { by: ['runAction'], claims: ofTag },
  findGroupRuns: { by: ['runActionGroup', 'cancelOrphan'], claims: ofTag },
  doubtLookUps: { by: ['runAction'] },
  findActionType: { by: ['runAction', 'enrichBatch'] },
  fetchApprovals: { by: ['runAction'], claims: ofMark },
  fetchAppRuns: { by: ['runAction'], claims: ofMark },
  fetchManyResults: { by: ['runAction'], claims: ofMark },
  fetchRunSummaries: { by: ['runActionGroup'], claims: ({ runs }) => runs.flatMap(ofMark) },
  fetchItemsAccount: { by: ['enrichBatch'], claims: () => 'ours' },
  findReusable: { by: ['runActionGroup'] },
  awaitChild: {
    by: ['enrichBatch'],
    claims: ({ workflowId }, caller) => (isBelow(workflowId, caller.workflowId) ? [] : [workflowId]),
  },
  isFollowed: { by: ['cancelOrphan'] },
};

/**
 * The activities, each of which serves only whom it is for. Whoever may start a workflow may start an activity by itself, or have a
 * worker of his own whose workflows call ours: so who calls is Temporal's word, and a run is the caller's by the tag in its name.
 */
export function forOurCallers<A extends SoarActivities>(activities: A, temporal: CallersView): A {
  const names = Object.keys(activities) as (keyof SoarActivities)[];
  const guarded = names.map((name) => {
    const activity = activities[name] as (input: unknown) => Promise<unknown>;
    const call = async (input: unknown): Promise<unknown> => {
      try {
        await requireCaller(name, input, temporal);
        return await activity(input);
      } catch (error) {
        throw withoutPaths(error);
      }
    };
    return [name, call] as const;
  });
  return Object.fromEntries(guarded) as unknown as A;
}

async function requireCaller(name: keyof SoarActivities, input: unknown, temporal: CallersView): Promise<void> {
  const { workflowExecution: caller, workflowType = '' } = Context.current().info;
  const { by, claims } = RULES[name] as Rule<unknown>;
  if (!caller || !by.some((type) => WORKFLOW_TYPES[type] === workflowType))
    throw refusal([`${name} is called by ${by.join(', ')} alone, and not by itself. Start runAction or enrichBatch.`]);
  const checked = ACTIVITY_INPUTS[name](input);
  if (!checked.ok) throw refusal([`${name}: ${checked.problems.slice(0, 5).join('; ')}`]);
  if (await isOwn(claims?.(input, caller) ?? [], caller, temporal)) return;
  throw refusal([`${name}: the run is not this workflow's: its name has another tag.`]);
}

/** A workflow that was reset, goes on with a begun submission or sweeps up has the tag of another run of a workflow: Temporal knows which. */
async function isOwn(claims: Claims, caller: WorkflowRun, temporal: CallersView): Promise<boolean> {
  if (claims === 'ours') return temporal.isOurs(caller);
  const others = claims.filter((claim) => runIdIn(claim) !== caller.runId);
  if (others.length === 0) return true;
  const own = await temporal.claimOf(caller);
  // What has no tag was adopted by a person.
  return own !== undefined && others.every((claim) => !isTag(claim) || claim === own || claim.startsWith(`${own}/`));
}
