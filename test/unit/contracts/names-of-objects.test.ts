import { checkEnrichBatchInput } from '../../../src/contracts/enrich-batch.js';
import { checkRun } from '../../../src/contracts/run-action.js';
import { problemOfItem } from '../../../src/model/batch/batch-item.js';

/** As a client of any language sends it: JSON can have fields that an object literal cannot. */
const parsed = (json: string): unknown => JSON.parse(json);

const TARGET = '{"app_id":1,"assets":["a"],"parameters":[{"ip":"8.8.8.8"}]}';
const REQUEST = `{"action":"geolocate ip","container_id":1,"name":"n","targets":[${TARGET}]}`;

/** The request with one of its objects beginning with the field. */
function withField(name: string, before: string): string {
  return REQUEST.replace(before, `${before}"${name}":"8.8.8.8",`);
}

const PLACES = [
  ['a parameter', '"parameters":[{', 'request.targets[0].parameters[0]'],
  ['a target', '"targets":[{', 'request.targets[0]'],
  ['the request', '{', 'request'],
] as const;

describe.each(PLACES)('%s', (_what, before, path) => {
  it('called __proto__ is refused by name, because it would be left out without a word', () => {
    const given = { request: parsed(withField('__proto__', before)) };
    expect(checkRun(given)).toMatchObject({
      ok: false,
      problems: [expect.stringContaining(`${path}.__proto__: must have another name`)],
    });
  });
});

it.each(['constructor', 'toString', 'hasOwnProperty', 'valueOf'])(
  'a parameter called %s is one like any other',
  (name) => {
    expect(checkRun({ request: parsed(withField(name, '"parameters":[{')) })).toMatchObject({ ok: true });
  },
);

it('options and items of a batch are refused likewise', () => {
  const options = parsed('{"__proto__":{"timeoutSecs":5}}');
  expect(checkRun({ request: parsed(REQUEST), options })).toMatchObject({
    problems: [expect.stringContaining('options.__proto__: must have another name')],
  });
  const input = parsed(`{"request":${REQUEST},"items":[{"__proto__":"8.8.8.8"}]}`);
  expect(checkEnrichBatchInput(input)).toMatchObject({
    problems: [expect.stringContaining('items[0].__proto__: must have another name')],
  });
  expect(problemOfItem(parsed('{"__proto__":"8.8.8.8"}'), [])).toContain('.__proto__: must have another name');
});
