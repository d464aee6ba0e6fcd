import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { checkRun } from '../../../src/contracts/run-action.js';
import { schemas } from '../../../src/contracts/schemas.js';
import type { JsonSchema, SchemaName } from '../../../src/contracts/schemas.js';
import { BATCH_OPTION_DEFAULTS, RUN_OPTION_DEFAULTS } from '../../../src/model/options.js';

const names = Object.keys(schemas) as SchemaName[];
const problemsWith = (schema: JsonSchema, value: unknown): unknown[] =>
  z.fromJSONSchema(schema).safeParse(value).error?.issues ?? [];

const histories = path.join(__dirname, '../../replay/histories');

/** Results of workflows that have run, by their type. */
function recorded(type: string): [file: string, result: unknown][] {
  return readdirSync(histories).flatMap((file) => {
    const history = JSON.parse(readFileSync(path.join(histories, file), 'utf8')) as { events: Event[] };
    const started = history.events[0]?.workflowExecutionStartedEventAttributes?.workflowType.name;
    const payload = history.events.at(-1)?.workflowExecutionCompletedEventAttributes?.result.payloads[0]?.data;
    if (started !== type || payload === undefined) return [];
    return [[file, JSON.parse(Buffer.from(payload, 'base64').toString())] as [string, unknown]];
  });
}

interface Event {
  readonly workflowExecutionStartedEventAttributes?: { readonly workflowType: { readonly name: string } };
  readonly workflowExecutionCompletedEventAttributes?: { readonly result: { readonly payloads: { data: string }[] } };
}

describe('the JSON Schemas', () => {
  it.each(names)('%s is of the draft 2020-12, has its name, and says what it is of', (name) => {
    expect(schemas[name]).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      title: name,
      description: expect.stringMatching(/\S/) as string,
    });
  });

  it.each([
    ['runActionOptions', Object.keys(RUN_OPTION_DEFAULTS)],
    ['enrichBatchOptions', Object.keys(BATCH_OPTION_DEFAULTS)],
    ['runActionRequest', ['action', 'container_id', 'exec_delay_secs', 'name', 'targets', 'type']],
    ['readRowsInput', ['from', 'limit', 'waitSecs', 'workflowId']],
    ['enrichBatchInput', ['items', 'options', 'request', 'requestFields', 'streamed']],
  ] as const)('%s has every field', (name, fields) => {
    expect(Object.keys(schemas[name]['properties'] as object).sort()).toEqual([...fields].sort());
  });

  it.each([...recorded('runAction')])('runActionResult takes the result in %s', (_file, result) => {
    expect(problemsWith(schemas.runActionResult, result)).toEqual([]);
  });

  it.each([...recorded('enrichBatch')])('enrichBatchResult takes the result in %s', (_file, result) => {
    expect(problemsWith(schemas.enrichBatchResult, result)).toEqual([]);
  });

  it('control: one that lacks a field, or has another type in it, is not taken', () => {
    const [[, result] = ['', {}]] = recorded('runAction');
    expect(problemsWith(schemas.runActionResult, { ...(result as object), outcome: 'fine' })).not.toEqual([]);
    expect(problemsWith(schemas.runActionResult, { ...(result as object), polls: undefined })).not.toEqual([]);
    expect(problemsWith(schemas.runActionResult, { ...(result as object), more: 1 })).not.toEqual([]);
  });

  it.each<[string, object, boolean]>([
    ['as on the page', {}, true],
    ['nulls for what may be absent', { type: null, exec_delay_secs: null }, true],
    ['no action', { action: undefined }, false],
    ['an empty name', { name: '' }, false],
    ['no targets', { targets: [] }, false],
    ['a container in words', { container_id: 'seven' }, false],
  ])('runActionRequest says of a request with %s what the check says', (_what, extra, isRight) => {
    const target = { app_id: 1, assets: ['maxmind'], parameters: null };
    const request = { action: 'geolocate ip', container_id: 1, name: 'where', targets: [target], ...extra };
    expect(problemsWith(schemas.runActionRequest, request).length === 0).toBe(isRight);
    expect(checkRun({ request, options: null }).ok).toBe(isRight);
  });
});
