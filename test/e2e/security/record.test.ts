import { randomUUID } from 'node:crypto';
import type { WorkflowHandle } from '@temporalio/client';
import { Runtime } from '@temporalio/worker';
import type { Faults } from '../../../src/sim/index.js';
import { createHarness } from '../support/harness.js';
import type { Harness } from '../support/harness.js';
import { eventually, inPhase } from '../support/phases.js';
import { isSubmission, simulate } from '../support/requests.js';

type Line = Readonly<Record<string, unknown>>;

/** A harness whose worker writes its workflows' log lines to a list; every task replays its workflow. */
async function recorded(
  body: (harness: Harness, linesOf: (handle: WorkflowHandle) => Line[]) => Promise<void>,
  faults: Faults = {},
): Promise<void> {
  const harness = await createHarness({ faults });
  const lines: Line[] = [];
  const spy = jest.spyOn(Runtime.instance().logger, 'info').mockImplementation((_message, more) => {
    lines.push(more ?? {});
  });
  try {
    const worker = await harness.worker({ maxCachedWorkflows: 0 });
    const linesOf = ({ workflowId }: WorkflowHandle): Line[] =>
      lines.filter((line) => line['workflowId'] === workflowId && 'act' in line);
    await worker.runUntil(body(harness, linesOf));
  } finally {
    spy.mockRestore();
    await harness.close();
  }
}

describe('the worker’s log has one line for', () => {
  it.each([
    ['signal', (handle: WorkflowHandle) => handle.signal('cancel', 'because')],
    ['update', (handle: WorkflowHandle) => handle.executeUpdate('requestCancel', { args: ['because'] })],
    ['temporal', (handle: WorkflowHandle) => handle.cancel()],
  ] as const)('a start, and a cancel by %s with its reason, whatever is asked again', async (by, cancel) => {
    await recorded(async (harness, linesOf) => {
      const handle = await harness.start(simulate({ seconds: 600, message: 'a value of the caller' }));
      await inPhase(handle, 'awaitingActionRun');
      await cancel(handle);
      // Of two that come in one task, the signal counts.
      await eventually(() => Promise.resolve(linesOf(handle).length > 1 ? true : undefined));
      await handle.signal('cancel', 'again').catch(() => undefined);
      await handle.result().catch(() => undefined);
      const reason = by === 'temporal' ? {} : { reason: 'because' };
      expect(linesOf(handle)).toMatchObject([
        { act: 'start', action: 'simulate' },
        { act: 'cancel', by, ...reason },
      ]);
      expect(JSON.stringify(linesOf(handle))).not.toContain('a value of the caller');
    });
  });

  it('the end of a watch, with its reason', async () => {
    await recorded(async (harness, linesOf) => {
      const handle = await harness.start(simulate({ seconds: 600 }));
      await inPhase(handle, 'awaitingActionRun');
      await handle.executeUpdate('stopWatching', { args: [{ reason: 'followed by hand' }] });
      await handle.result();
      expect(linesOf(handle).slice(1)).toMatchObject([{ act: 'stopWatching', reason: 'followed by hand' }]);
    });
  });

  it('what a person decides about a lost POST', async () => {
    let isLost = true;
    const badGateway = (): Response => new Response('bad gateway', { status: 502 });
    const beforeHandle = (given: Request): Promise<Response | undefined> =>
      Promise.resolve(isLost && isSubmission(given) ? badGateway() : undefined);
    await recorded(
      async (harness, linesOf) => {
        const options = { whenUncertain: 'ask', settleSecs: 0 } as const;
        const [adopting, abandoning] = [
          await harness.start(simulate({}), options),
          await harness.start(simulate({}), options),
        ];
        await Promise.all([adopting, abandoning].map((handle) => inPhase(handle, 'awaitingResolution')));
        isLost = false;
        const { action_run_id: actionRunId } = await harness.soar.runAction(simulate({}));
        await adopting.executeUpdate('resolveSubmission', { args: [{ decision: 'adopt', actionRunId }] });
        await abandoning.executeUpdate('resolveSubmission', { args: [{ decision: 'abandon' }] });
        await Promise.all([adopting.result(), abandoning.result()]);
        expect(linesOf(adopting).slice(1)).toMatchObject([{ act: 'adopt', actionRunId, force: false }]);
        expect(linesOf(abandoning).slice(1)).toMatchObject([{ act: 'resolve', decision: 'abandon' }]);
      },
      { beforeHandle },
    );
  });

  it('control: a batch’s start, and none for those of its children', async () => {
    await recorded(async (harness, linesOf) => {
      const request = { ...simulate({}), targets: [{ app_id: 2, assets: ['lab'] }] };
      const handle = await harness.client.workflow.start('enrichBatch', {
        workflowId: `batch-${randomUUID()}`,
        taskQueue: harness.taskQueue,
        args: [{ request, items: [{ message: 'a' }] }],
      });
      await handle.result();
      expect(linesOf(handle)).toMatchObject([{ act: 'start', action: 'simulate' }]);
      expect(linesOf(harness.client.workflow.getHandle(`${handle.workflowId}/0`))).toEqual([]);
    });
  });
});
