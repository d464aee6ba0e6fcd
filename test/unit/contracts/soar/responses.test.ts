import { z } from 'zod';
import {
  actionResultSchema,
  actionRunSchema,
  appActionSchema,
  approvalSchema,
  appRunSchema,
  cancelResponseSchema,
  errorEnvelopeSchema,
  pageSchema,
  runActionResponseSchema,
  versionSchema,
} from '../../../../src/contracts/soar.js';
import { checkWith } from '../../../../src/contracts/validate.js';
import { runActionRequestSchema } from '../../../../src/contracts/run-action.js';
import { sample, sampleWith } from './samples.js';

const SCHEMAS: [string, z.ZodType][] = [
  ['run-action-delayed.request', runActionRequestSchema],
  ['run-action-three-hashes.request', runActionRequestSchema],
  ['run-action.response', runActionResponseSchema],
  ['action-run', actionRunSchema],
  ['cancel.response', cancelResponseSchema],
  ['cancel.refusal', errorEnvelopeSchema],
  ['app-runs', pageSchema(appRunSchema)],
  ['action-results', pageSchema(actionResultSchema)],
  ['app-run', appRunSchema],
  ['approvals', pageSchema(approvalSchema)],
  ['approval', approvalSchema],
];

describe('every sample of the reference pages', () => {
  it.each(SCHEMAS)('%s parses and comes out unchanged', (name, schema) => {
    expect(schema.parse(sample(name))).toEqual(sample(name));
  });

  it.each(SCHEMAS)('%s has a JSON Schema', (_name, schema) => {
    expect(z.toJSONSchema(schema, { io: 'input' })).toMatchObject({});
  });
});

describe('what SOAR may send', () => {
  const checkRun = checkWith(actionRunSchema);

  it('a status nobody knows parses', () => {
    expect(checkRun(sampleWith('action-run', { status: 'hibernating' })).ok).toBe(true);
  });

  it('fields nobody knows are kept', () => {
    expect(checkRun({ id: 1, status: 'running', message: '', _pretty_owner: 'admin' })).toEqual({
      ok: true,
      value: { id: 1, status: 'running', message: '', _pretty_owner: 'admin' },
    });
  });

  it.each([[undefined], [null]])('a message of %s reads as an empty one', (message) => {
    expect(checkRun({ id: 1, status: 'running', message })).toEqual({
      ok: true,
      value: { id: 1, status: 'running', message: '' },
    });
  });

  it('a run of the smallest kind parses', () => {
    expect(checkRun({ id: 1, status: 'pending' }).ok).toBe(true);
  });

  it.each([
    [{ id: '47' }, 'id: '],
    [{ id: 1.5 }, 'id: '],
    [{ status: true }, 'status: '],
  ])('a wrong type of what is read is refused with its path: %j', (fields, path) => {
    const checked = checkRun(sampleWith('action-run', fields));
    expect(checked).toEqual({ ok: false, problems: [expect.stringMatching(new RegExp(`^${escape(path)}`))] });
  });

  it.each([
    { version: '1.0' },
    { message: ['two', 'messages'] },
    { targets: [{ app_id: {} }] },
    { targets: 'none' },
    { cancelled: true },
    { create_time: 5, creator: 'admin', playbook: {}, exec_order: 'first' },
  ])('another shape of what can be done without is no reason to refuse an answer: %j', (fields) => {
    expect(checkRun(sampleWith('action-run', fields)).ok).toBe(true);
  });

  it('a list without data is refused', () => {
    expect(checkWith(pageSchema(actionRunSchema))({ count: 1, num_pages: 1 })).toEqual({
      ok: false,
      problems: [expect.stringContaining('data: ')],
    });
  });

  it('an empty list parses', () => {
    expect(checkWith(pageSchema(actionRunSchema))({ count: 0, num_pages: 0, data: [] }).ok).toBe(true);
  });

  it('an app action and a version parse', () => {
    const parameters = { ip: { required: true, data_type: 'string', order: 0 } };
    const action = { id: 9, action: 'geolocate ip', app: 2, type: 'investigate', read_only: true, parameters };
    expect(appActionSchema.parse(action)).toEqual(action);
    expect(versionSchema.parse({ version: '6.4.0.1' })).toEqual({ version: '6.4.0.1' });
  });
});

function escape(text: string): string {
  return text.replace(/[[\].]/g, '\\$&');
}
