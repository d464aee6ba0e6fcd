import type { BatchCommandOptions } from '../../../../src/cli/batch-command.js';
import { BOTH, EIGHT, ONE, runFile } from '../support/file-case.js';
import { Scratch } from '../support/scratch.js';

interface Case {
  readonly name?: string;
  readonly content: string;
  readonly options?: Partial<BatchCommandOptions>;
  readonly sent: readonly unknown[];
  /** The values of the input in the lines of JSON, or how many lines there are. */
  readonly json: readonly string[] | number;
  readonly exit?: number;
  readonly says?: string;
}

const TWO = ['{"ip":"8.8.8.8"}', '{"ip":"1.1.1.1"}'];

const DOCUMENTS: Readonly<Record<string, Case>> = {
  'a list over several lines': { content: '[\n{"ip":"8.8.8.8"},\n{"ip":"1.1.1.1"}\n]', sent: BOTH, json: TWO },
  'a list over several lines in a .jsonl': {
    name: 'a.jsonl',
    content: '[\n{"ip":"8.8.8.8"},\n{"ip":"1.1.1.1"}\n]',
    sent: BOTH,
    json: TWO,
  },
  'a list on one line': { content: '[{"ip":"8.8.8.8"},{"ip":"1.1.1.1"}]', sent: BOTH, json: TWO },
  'a list of texts': { content: '["8.8.8.8","1.1.1.1"]', sent: BOTH, json: TWO },
  'a list of texts over several lines': { content: '[\n  "8.8.8.8",\n  "1.1.1.1"\n]\n', sent: BOTH, json: TWO },
  'Records, as CloudTrail has them': {
    content: '{"Records":[{"sourceIPAddress":"8.8.8.8"},{"sourceIPAddress":"1.1.1.1"}]}',
    options: { column: 'sourceIPAddress' },
    sent: BOTH,
    json: 2,
  },
  'value, as Microsoft has it': {
    content: '{"@odata.context":"x","value":[{"ip":"8.8.8.8"},{"ip":"1.1.1.1"}]}',
    sent: BOTH,
    json: TWO,
  },
  'objects of STIX': {
    content:
      '{"type":"bundle","objects":[{"type":"ipv4-addr","value":"8.8.8.8"},{"type":"domain-name","value":"a.example"}]}',
    options: { column: 'value', where: ['type=ipv4-addr'] },
    sent: [EIGHT],
    json: 2,
  },
  'patterns of STIX': {
    content: '{"objects":[{"pattern":"[ipv4-addr:value = \'8.8.8.8\' OR ipv4-addr:value = \'1.1.1.1\']"}]}',
    options: { column: 'pattern' },
    sent: BOTH,
    json: 1,
  },
  'attributes of MISP, in events and in their objects': {
    content:
      '{"response":[{"Event":{"id":"7","Attribute":[{"type":"ip-dst","value":"8.8.8.8"}],"Object":[{"Attribute":[{"type":"ip-dst","value":"1.1.1.1"}]}]}}]}',
    options: { column: 'value', where: ['type=ip-dst'] },
    sent: [EIGHT, ONE],
    json: 2,
  },
  'an event of MISP, written over lines': {
    content: JSON.stringify({ Event: { Attribute: [{ type: 'ip-dst|port', value: '8.8.8.8|443' }] } }, undefined, 2),
    options: { column: 'value' },
    sent: [EIGHT],
    json: ['{"type":"ip-dst|port","value":"8.8.8.8|443"}'],
    says: '1 without port',
  },
  'hits of Elasticsearch': {
    content:
      '{"took":1,"hits":{"total":2,"hits":[{"_id":"a","_source":{"ip":"8.8.8.8"}},{"_id":"b","_source":{"ip":"1.1.1.1"}}]}}',
    sent: BOTH,
    json: ['{"ip":"8.8.8.8","_id":"a"}', '{"ip":"1.1.1.1","_id":"b"}'],
  },
  'a path to the rows': {
    content: '{"a":{"b":[{"c":[{"x":"8.8.8.8"}]},{"c":[{"x":"1.1.1.1"}]}]},"d":[{"x":"9.9.9.9"}]}',
    options: { column: 'x', rows: 'a.b[].c[]' },
    sent: BOTH,
    json: 2,
  },
  'a path without brackets': {
    content: '{"feed":{"rows":[{"ip":"8.8.8.8"},{"ip":"1.1.1.1"}]}}',
    options: { rows: 'feed.rows' },
    sent: BOTH,
    json: TWO,
  },
  'rows that are lists, as Log Analytics has them': {
    content:
      '{"tables":[{"name":"r","columns":[{"name":"t"},{"name":"ip"}],"rows":[["x","8.8.8.8"],["y","1.1.1.1"]]}]}',
    options: { rows: 'tables[].rows[]', column: '2' },
    sent: BOTH,
    json: ['{"column_1":"x","column_2":"8.8.8.8"}', '{"column_1":"y","column_2":"1.1.1.1"}'],
  },
  'one object over several lines': { content: '{\n  "ip": "8.8.8.8"\n}\n', sent: [EIGHT], json: 1 },
  'objects one behind the other': { content: '{"ip":"8.8.8.8"}{"ip":"1.1.1.1"}', sent: BOTH, json: TWO },
  'objects over several lines, one behind the other': {
    content: '{\n "ip": "8.8.8.8"\n}\n{\n "ip": "1.1.1.1"\n}\n',
    sent: BOTH,
    json: TWO,
  },
  'a list beside other fields, on one line': {
    content: '{"id":"5","name":"p","indicators":[{"indicator":"8.8.8.8"},{"indicator":"1.1.1.1"}],"tags":["a"]}',
    options: { column: 'indicator' },
    sent: BOTH,
    json: 2,
  },
  'a list within a row': { content: '[{"ip":"8.8.8.8","seen":[{"ip":"9.9.9.9"}]}]', sent: [EIGHT], json: 1 },
  'the end cut off': {
    content: '[{"ip":"8.8.8.8"},{"ip":"1.1.',
    sent: [EIGHT],
    json: ['{"ip":"8.8.8.8"}'],
    exit: 2,
    says: 'it ends in the middle of a value, after row 1',
  },
  'the end cut off between two rows': {
    content: '[{"ip":"8.8.8.8"},\n',
    sent: [EIGHT],
    json: 1,
    exit: 2,
    says: 'ends in the middle',
  },
  'an error in the middle': {
    content: '[{"ip":"8.8.8.8"},{"ip":x},{"ip":"1.1.1.1"}]',
    sent: [EIGHT],
    json: 1,
    exit: 2,
    says: 'stands where it may not',
  },
  'numbers with many digits': {
    content: '[{"ip":"8.8.8.8","id":-9214364837600034816,"ts":1.10,"e":1e3}]',
    sent: [EIGHT],
    json: ['{"ip":"8.8.8.8","id":-9214364837600034816,"ts":1.10,"e":1e3}'],
  },
  'a name that every object has': {
    content: '[{"ip":"8.8.8.8","__proto__":{"a":1},"constructor":"x"}]',
    sent: [EIGHT],
    json: ['{"ip":"8.8.8.8","__proto__":{"a":1},"constructor":"x"}'],
  },
};

const LINES: Readonly<Record<string, Case>> = {
  'objects and texts': { content: '{"ip":"8.8.8.8"}\n"1.1.1.1"\n', sent: BOTH, json: TWO },
  'a byte order mark and CRLF': {
    content: '\uFEFF{"ip":"8.8.8.8"}\r\n\r\n{"ip":"1.1.1.1"}\r\n',
    sent: BOTH,
    json: TWO,
  },
  'the name in another case': { content: '{"IP":"8.8.8.8"}\n', sent: [EIGHT], json: ['{"IP":"8.8.8.8"}'] },
  'a path through objects': {
    content: '{"source":{"ip":"8.8.8.8","port":53}}\n{"source":{"ip":"1.1.1.1"}}\n',
    options: { column: 'source.ip' },
    sent: BOTH,
    json: ['{"source":{"ip":"8.8.8.8","port":53}}', '{"source":{"ip":"1.1.1.1"}}'],
  },
  'a name with a dot in it': {
    content: '{"source.ip":"8.8.8.8"}\n',
    options: { column: 'source.ip' },
    sent: [EIGHT],
    json: 1,
  },
  'a path through a list': {
    content: '{"dns":{"answers":[{"rdata":"8.8.8.8"},{"rdata":"a.example"},{"rdata":"1.1.1.1"}]}}\n',
    options: { column: 'dns.answers.rdata' },
    sent: BOTH,
    json: 1,
  },
  'types that stay': {
    content: '{"ip":"8.8.8.8","port":53,"none":null,"tags":["a"],"ok":true,"f":1.50}\n',
    sent: [EIGHT],
    json: ['{"ip":"8.8.8.8","port":53,"none":null,"tags":["a"],"ok":true,"f":1.50}'],
  },
  'a number that only comes back': {
    content: '{"DestAddress":"8.8.8.8","Keywords":-9214364837600034816}\n',
    options: { column: 'DestAddress' },
    sent: [EIGHT],
    json: ['{"DestAddress":"8.8.8.8","Keywords":-9214364837600034816}'],
  },
  'a number that would be sent as another one': {
    content: '{"ip":"8.8.8.8","days":12345678901234567890}\n{"ip":"1.1.1.1","days":3}\n',
    sent: [{ ip: ONE, days: 3 }],
    json: ['{"ip":"8.8.8.8","days":12345678901234567890}', '{"ip":"1.1.1.1","days":3}'],
  },
  'parameters of the action, and other fields': {
    content: '{"ip":"8.8.8.8","days":3,"user":"ana"}\n',
    sent: [{ ip: EIGHT, days: 3 }],
    json: 1,
  },
  'the same indicator in different events': {
    content: '{"ip":"8.8.8.8","user":"a"}\n{"ip":"8.8.8.8","user":"b"}\n',
    sent: [EIGHT],
    json: 2,
  },
  'lists of objects': { content: '[{"ip":"8.8.8.8"}]\n[{"ip":"1.1.1.1"}]\n', sent: BOTH, json: TWO },
  'lists of texts': { content: '["8.8.8.8"]\n["1.1.1.1"]\n', sent: BOTH, json: TWO },
  'lists that are rows': {
    content: '["x","8.8.8.8"]\n["y","1.1.1.1"]\n',
    options: { column: '2' },
    sent: BOTH,
    json: 2,
  },
  'answers of an API': {
    content: '{"Records":[{"ip":"8.8.8.8"}]}\n{"Records":[{"ip":"1.1.1.1"}]}\n',
    sent: BOTH,
    json: TWO,
  },
  'a list in a field': {
    content: '{"ip":["8.8.8.8","1.1.1.1"]}\n',
    sent: BOTH,
    json: ['{"ip":["8.8.8.8","1.1.1.1"]}'],
  },
  'a list in a field, a row each': {
    content: '{"ip":["8.8.8.8","1.1.1.1"]}\n',
    options: { explode: true },
    sent: BOTH,
    json: 2,
  },
  'nothing in the field': { content: '{"ip":null}\n{"ip":"-"}\n{"ip":"8.8.8.8"}\n{}\n', sent: [EIGHT], json: 4 },
  'lines that are no rows': {
    content: '{"ip":"8.8.8.8"}\n7\nnull\n[]\n{"ip": \n{"ip":"1.1.1.1"}\n',
    sent: BOTH,
    json: 6,
  },
  'more that are none': {
    content: 'start of log\n{"ip":"8.8.8.8"}\n# c\n{"ip":"9.9\n\n{"ip":"1.1.1.1"} x\n{"ip":"1.1.1.1"}',
    sent: BOTH,
    json: [
      '{"line":"start of log","ip":""}',
      '{"line":"","ip":"8.8.8.8"}',
      '{"line":"# c","ip":""}',
      '{"line":"{\\"ip\\":\\"9.9","ip":""}',
      '{"line":"{\\"ip\\":\\"1.1.1.1\\"} x","ip":""}',
      '{"line":"","ip":"1.1.1.1"}',
    ],
  },
  'values that are no rows': {
    content: '{"ip":"8.8.8.8"}\n7\n[]\n[1.50]\n{"ip":"1.1.1.1"}\n',
    sent: BOTH,
    json: [
      '{"ip":"8.8.8.8","line":""}',
      '{"ip":"","line":7}',
      '{"ip":"","line":[]}',
      '{"ip":"","line":1.50}',
      '{"ip":"1.1.1.1","line":""}',
    ],
  },
  'one, and another that is cut off': {
    content: '{"ip":"8.8.8.8"}\n{"ip":"1.1',
    sent: [EIGHT],
    json: ['{"ip":"8.8.8.8","line":""}', '{"ip":"","line":"{\\"ip\\":\\"1.1"}'],
    exit: 2,
    says: 'ends in the middle of line 2',
  },
  'a banner, in a .json': {
    name: 'a.json',
    content: '# a\n\n# b\n{"ip":"8.8.8.8"}\n# c\n{"ip":"1.1.1.1"}\n',
    sent: BOTH,
    json: 5,
  },
  'the last one cut off': {
    content: '{"ip":"8.8.8.8"}\n{"ip":"1.1.1.1"}\n{"ip":"9.9',
    sent: BOTH,
    json: 3,
    exit: 2,
    says: 'ends in the middle of line 3',
  },
  'deep nesting': {
    content: `{"ip":"8.8.8.8"}\n{"ip":"1.1.1.1","x":${'['.repeat(9_000)}${']'.repeat(9_000)}}\n`,
    sent: [EIGHT],
    json: 2,
  },
};

const scratch = new Scratch();
afterAll(() => scratch.remove());

describe.each<[string, Readonly<Record<string, Case>>, string]>([
  ['a JSON document with', DOCUMENTS, 'a.json'],
  ['lines of JSON with', LINES, 'a.jsonl'],
])('%s', (_kind, cases, usual) => {
  it.each(Object.entries(cases))(
    '%s',
    async (_what, { name = usual, content, options, sent, json, exit = 0, says = '' }) => {
      const outcome = await runFile(scratch, name, content, options);
      const shown = typeof json === 'number' ? outcome.json.length : outcome.json;
      expect({ says: outcome.says, sent: outcome.sent, json: shown }).toEqual({ says: outcome.says, sent, json });
      expect(outcome.exit).toBe(exit);
      expect(outcome.says).toContain(says);
    },
  );
});
