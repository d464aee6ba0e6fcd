import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { bundleWorkflowCode, DefaultLogger, Worker } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import type { WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { quietRuntime } from '../e2e/support/runtime.js';
import { SHAPES } from './shapes.js';

const directory = path.join(__dirname, 'histories');
const files = readdirSync(directory).filter((file) => file.endsWith('.json'));

describe('recorded histories (F17)', () => {
  let workflowBundle: WorkflowBundleWithSourceMap;

  beforeAll(async () => {
    quietRuntime();
    const logger = new DefaultLogger('ERROR');
    const workflowsPath = path.join(__dirname, '../../src/workflows');
    const payloadConverterPath = path.join(__dirname, '../../src/workflows/payload-converter');
    const preloadModules = [workflowsPath, payloadConverterPath];
    workflowBundle = await bundleWorkflowCode({ workflowsPath, payloadConverterPath, preloadModules, logger });
  });

  /** A child's id is below its parent's, as it was. */
  const replay = (history: unknown, name: string): Promise<void> => {
    const isChild = JSON.stringify(history).includes('"parentWorkflowExecution":{');
    return Worker.runReplayHistory({ workflowBundle }, history, isChild ? `${parentOf(history)}/0` : name);
  };

  it('are there for every shape', () => {
    expect(files.map((file) => path.basename(file, '.json')).sort()).toEqual(SHAPES.map(({ name }) => name).sort());
  });

  it.each(files)('%s replays on this build', async (file) => {
    await replay(JSON.parse(readFileSync(path.join(directory, file), 'utf8')), path.basename(file, '.json'));
  });

  it('control: a history in which one activity is another does not replay', async () => {
    const text = readFileSync(path.join(directory, 'success.json'), 'utf8');
    const moved = text.replace('"submitActionRun"', '"findActionRuns"');
    expect(moved).not.toBe(text);
    await expect(replay(JSON.parse(moved), 'success')).rejects.toThrow(DeterminismViolationError);
  });
});

function parentOf(history: unknown): string {
  return /"parentWorkflowExecution":\{[^}]*"workflowId":"([^"]+)"/.exec(JSON.stringify(history))?.[1] ?? '';
}
