import type { WorkflowHandle } from '@temporalio/client';
import { ApplicationFailure, WorkflowFailedError } from '@temporalio/client';
import { z } from 'zod';
import type { RunState } from '../../../src/model/run-state.js';
import { createHarness } from '../support/harness.js';
import type { Harness } from '../support/harness.js';
import { geolocate } from '../support/requests.js';

const metadataSchema = z.object({ currentDetails: z.string() });
const simulate = (...sets: Record<string, unknown>[]) => ({
  action: 'simulate',
  container_id: 1,
  name: 'shown',
  targets: [{ app_id: 2, assets: ['lab'], parameters: sets }],
});

/** What the Temporal UI's tab "User Metadata" shows. */
async function detailsOf(handle: WorkflowHandle): Promise<string> {
  return metadataSchema.parse(await handle.query('__temporal_workflow_metadata')).currentDetails;
}

async function attributesOf(handle: WorkflowHandle): Promise<Record<string, unknown>> {
  const { typedSearchAttributes } = await handle.describe();
  return Object.fromEntries(typedSearchAttributes.getAll().map(({ key, value }) => [key.name, value]));
}

describe('what the Temporal UI shows of', () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await createHarness();
  });
  afterAll(() => harness.close());

  async function ended(handle: WorkflowHandle): Promise<unknown> {
    return handle.result().catch((error: unknown) => error);
  }

  const REFUSED: [string, unknown, RegExp][] = [
    ['a request with a wrong field', { ...geolocate(['8.8.8.8']), container_id: 'seven' }, /request\.container_id/],
    ['no request at all', null, /request: must be an object/],
    ['a request that SOAR refuses', { ...simulate({}), name: '' }, /name/],
  ];

  it.each(REFUSED)('%s is that it failed, and why', async (_what, request, reason) => {
    await harness.running(async () => {
      const handle = await harness.start(request as ReturnType<typeof geolocate>);
      const error = await ended(handle);
      expect(error).toBeInstanceOf(WorkflowFailedError);
      // The reason itself, with nothing around it.
      const cause = error instanceof WorkflowFailedError ? error.cause : undefined;
      expect(cause?.message).toMatch(reason);
      expect(cause instanceof ApplicationFailure ? (cause.failure?.stackTrace ?? '') : 'another failure').toBe('');
      const status = await handle.query<RunState>('status');
      expect(status).toMatchObject({ phase: 'done', outcome: 'failed', problem: null });
      expect(status.message).toMatch(reason);
      expect(await detailsOf(handle)).toMatch(/· failed/);
      expect((await detailsOf(handle)).replaceAll('\\', '')).toMatch(reason);
      expect(await attributesOf(handle)).toMatchObject({ SoarState: 'failed', SoarOutcome: 'failed' });
    });
  });

  it('a batch that is refused is that it failed, and why', async () => {
    await harness.running(async () => {
      const handle = await harness.client.workflow.start('enrichBatch', {
        workflowId: `refused-${harness.taskQueue}`,
        taskQueue: harness.taskQueue,
        args: [{ request: simulate(), items: 'none' }],
      });
      await ended(handle);
      expect(await detailsOf(handle)).toMatch(/\*\*simulate\*\* · failed[^]*items/);
      expect(await attributesOf(handle)).toMatchObject({ SoarState: 'failed', SoarOutcome: 'failed' });
    });
  });

  it('an action that failed is what the app said, and not how many failed', async () => {
    await harness.running(async () => {
      const handle = await harness.start(simulate({ outcome: 'failed', message: 'the firewall did not answer' }));
      await ended(handle);
      const { message } = await handle.query<RunState>('status');
      expect(message).toContain('the firewall did not answer');
      expect(await detailsOf(handle)).toMatch(/> .*the firewall did not answer/);
      expect(await attributesOf(handle)).toMatchObject({ SoarState: 'failed', SoarOutcome: 'failed' });
    });
  });

  it('a run that succeeded costs no event more: the last that is written of it carries state and outcome', async () => {
    await harness.running(async () => {
      const handle = await harness.start(geolocate(['8.8.8.8']));
      await ended(handle);
      const { events = [] } = await handle.fetchHistory();
      const upserts = (events ?? []).filter(({ upsertWorkflowSearchAttributesEventAttributes: own }) => own);
      const outcomes = upserts.filter(({ upsertWorkflowSearchAttributesEventAttributes: own }) => {
        const fields = own?.searchAttributes?.indexedFields ?? {};
        return 'SoarOutcome' in fields && 'SoarState' in fields;
      });
      expect(upserts.length).toBeLessThanOrEqual(2);
      expect(outcomes).toEqual(upserts.slice(-1));
      expect(await attributesOf(handle)).toMatchObject({ SoarState: 'success', SoarOutcome: 'success' });
    });
  });

  it.each([
    ['an action_run each', 2, ['simulate: rows 1-3', 'simulate: rows 4-5']],
    ['two action_runs in one', undefined, ['simulate: rows 1-5']],
  ])('the children of a batch is which rows they hold: %s', async (_what, maxRunsInFlight, expected) => {
    await harness.running(async () => {
      const workflowId = `rows-${expected.length}-${harness.taskQueue}`;
      const handle = await harness.client.workflow.start('enrichBatch', {
        workflowId,
        taskQueue: harness.taskQueue,
        args: [
          {
            request: simulate(),
            items: Array.from({ length: 5 }, (_, index) => ({ message: String(index) })),
            options: { itemsPerRun: 3, maxRunsInFlight },
          },
        ],
      });
      await ended(handle);
      const names = await Promise.all(
        expected.map(async (_name, n) =>
          (await harness.client.workflow.getHandle(`${workflowId}/${n}`).describe()).staticSummary(),
        ),
      );
      expect(names).toEqual(expected);
      expect(await attributesOf(handle)).toMatchObject({ SoarState: 'success', SoarOutcome: 'success' });
    });
  });
});
