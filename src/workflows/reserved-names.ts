import type { WorkflowInterceptors } from '@temporalio/workflow';

type Jobs = Parameters<
  NonNullable<NonNullable<WorkflowInterceptors['internals']>[number]['activate']>
>[0]['activation']['jobs'];

/** Queries that the SDK answers itself. */
const ANSWERED: readonly string[] = ['__temporal_workflow_metadata'];
const RESERVED = '__temporal_';

/**
 * A signal or an update of a name that Temporal keeps for itself fails the workflow task, for ever: nothing else would get in any more,
 * no cancel either. Under another name it is an unknown one, like all that there are not.
 */
export const interceptors = (): WorkflowInterceptors => ({
  internals: [
    {
      activate: (input, next) => {
        renameReserved(input.activation.jobs);
        next(input);
      },
    },
  ],
});

function renameReserved(jobs: Jobs): void {
  for (const { signalWorkflow, doUpdate, queryWorkflow } of jobs ?? []) {
    if (signalWorkflow) signalWorkflow.signalName = nameOf(signalWorkflow.signalName);
    if (doUpdate) doUpdate.name = nameOf(doUpdate.name);
    if (queryWorkflow) queryWorkflow.queryType = nameOf(queryWorkflow.queryType, ANSWERED);
  }
}

function nameOf(name: string | null | undefined, answered: readonly string[] = []): string {
  if (!name) return 'without a name';
  return name.startsWith(RESERVED) && !answered.includes(name) ? `reserved: ${name}` : name;
}
