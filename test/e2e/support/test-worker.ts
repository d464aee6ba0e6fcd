import { Worker } from '@temporalio/worker';
import type { WorkflowCreator } from '@temporalio/worker/lib/workflow/interface';

let shared: Promise<WorkflowCreator> | undefined;

/** A worker whose thread for workflows is that of all workers of the file: making one takes half a second of CPU. */
export class TestWorker extends Worker {
  protected static override async createWorkflowCreator(
    ...given: Parameters<typeof Worker.createWorkflowCreator>
  ): Promise<WorkflowCreator> {
    shared ??= super.createWorkflowCreator(...given);
    const creator = await shared;
    return { createWorkflow: (options) => creator.createWorkflow(options), destroy: () => Promise.resolve() };
  }
}

afterAll(async () => {
  const creator = await shared;
  shared = undefined;
  await creator?.destroy();
});
