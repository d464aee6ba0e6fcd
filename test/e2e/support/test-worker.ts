import { Worker } from '@temporalio/worker';
import type { WorkflowCreator } from '@temporalio/worker/lib/workflow/interface';

/** By the activities that their workflows may call inside a workflow task: those of a worker that only replays call none. */
const shared = new Map<string, Promise<WorkflowCreator>>();

/** A worker whose thread for workflows is that of its like in the file: making one takes half a second of CPU. */
export class TestWorker extends Worker {
  protected static override async createWorkflowCreator(
    ...given: Parameters<typeof Worker.createWorkflowCreator>
  ): Promise<WorkflowCreator> {
    const activities = [...given[1].activities.keys()].join(' ');
    const making = shared.get(activities) ?? super.createWorkflowCreator(...given);
    shared.set(activities, making);
    const creator = await making;
    return { createWorkflow: (options) => creator.createWorkflow(options), destroy: () => Promise.resolve() };
  }
}

afterAll(async () => {
  const creators = await Promise.all(shared.values());
  shared.clear();
  await Promise.all(creators.map((creator) => creator.destroy()));
});
