import { NativeConnection, Worker } from '@temporalio/worker';
import type { Harness } from './harness.js';
import { testServer } from './test-server.js';

/** The worker of somebody who reaches Temporal, on a task queue of his own: it runs foreign-workflows.ts. */
export interface ForeignWorker {
  readonly taskQueue: string;
  /** Ends the worker. */
  rest(): Promise<void>;
  /** Ends the connection, which the replay of a harness still needs. */
  close(): Promise<void>;
}

export async function startForeignWorker({ taskQueue: ours }: Pick<Harness, 'taskQueue'>): Promise<ForeignWorker> {
  const connection = await NativeConnection.connect({ address: testServer().address });
  const taskQueue = `foreign-${ours}`;
  const workflowsPath = require.resolve('./foreign-workflows');
  const worker = await Worker.create({ connection, taskQueue, workflowsPath });
  const ended = worker.run();
  return {
    taskQueue,
    rest: async () => {
      worker.shutdown();
      await ended;
    },
    close: () => connection.close(),
  };
}
