/** The bare workflow's worker, with the slots and pollers that ours has. */
import path from 'node:path';
import { NativeConnection, Worker } from '@temporalio/worker';
import { answerCalls } from '../../programs/answer-calls.js';
import { soarFromEnvironment } from '../../programs/environment.js';
import { createSoarCalls } from '../../soar/soar-calls.js';
import { createBareActivities } from './bare-activities.js';
import { BARE_TASK_QUEUE } from './bare-names.js';

async function main(): Promise<void> {
  const connection = await NativeConnection.connect({ address: process.env['TEMPORAL_ADDRESS'] ?? '' });
  const worker = await Worker.create({
    connection,
    taskQueue: BARE_TASK_QUEUE,
    workflowsPath: path.join(__dirname, 'bare-workflow.ts'),
    activities: createBareActivities(createSoarCalls(soarFromEnvironment())),
    maxConcurrentActivityTaskExecutions: 500,
    maxConcurrentWorkflowTaskExecutions: 100,
    activityTaskPollerBehavior: { type: 'autoscaling' },
    workflowTaskPollerBehavior: { type: 'autoscaling' },
  });
  const running = worker.run();
  answerCalls({});
  await running;
}

void main();
