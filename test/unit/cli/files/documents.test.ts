import type { BatchCommandOptions } from '../../../../src/cli/batch-command.js';
import { BOTH, EIGHT, ONE, runFile } from '../support/file-case.js';
import { Scratch } from '../support/scratch.js';

interface Case {
  readonly name?: string;
  readonly content: string;
  readonly options: Partial<BatchCommandOptions>;
  readonly sent: readonly string[];
  /** How many rows come out. */
  readonly rows: number;
  readonly says?: string;
}

const FIRST = '{"id":1,"client":{"address":"8.8.8.8"},"chain":[{"ip":"9.9.9.9"},{"ip":"4.4.4.4"}]}';
const SECOND = '{"id":2,"client":{"address":"1.1.1.1"},"chain":[]}';
const THIRD = '{"id":3,"client":{"address":"8.8.8.8"}}';
const EVENTS = [FIRST, SECOND, THIRD];
const written = (...events: string[]): string =>
  events.map((event) => JSON.stringify(JSON.parse(event), undefined, 2)).join('\n');
const ADDRESS = { column: 'client.address' };

const EACH: Readonly<Record<string, Case>> = {
  'lines with lists in them': { content: EVENTS.join('\n'), options: ADDRESS, sent: BOTH, rows: 3 },
  'lines in a file of another name': {
    name: 'a.log',
    content: EVENTS.join('\n'),
    options: ADDRESS,
    sent: BOTH,
    rows: 3,
  },
  'documents over several lines': {
    name: 'a.json',
    content: written(...EVENTS),
    options: ADDRESS,
    sent: BOTH,
    rows: 3,
  },
  'documents on one line': { name: 'a.json', content: EVENTS.join(''), options: ADDRESS, sent: BOTH, rows: 3 },
  'members of a list': { name: 'a.json', content: `[${EVENTS.join(',')}]`, options: ADDRESS, sent: BOTH, rows: 3 },
  'members of a list over several lines': {
    name: 'a.json',
    content: `[\n${EVENTS.join(',\n')}\n]`,
    options: ADDRESS,
    sent: BOTH,
    rows: 3,
  },
  'members of lines that are lists': {
    content: `[${FIRST},${SECOND}]\n[${THIRD}]\n`,
    options: ADDRESS,
    sent: BOTH,
    rows: 3,
  },
  'lines whose lists have the field too': {
    content: '{"ip":"8.8.8.8","seen":[{"ip":"9.9.9.9"}]}\n{"seen":[{"ip":"9.9.9.9"}]}\n{"ip":"1.1.1.1"}\n',
    options: {},
    sent: BOTH,
    rows: 3,
  },
  'lines with a list under the name of a wrapper': {
    content: '{"src":"8.8.8.8","events":[{"a":1},{"a":2}]}\n{"user":"x","events":[{"a":1},{"a":2}]}\n',
    options: { column: 'src' },
    sent: [EIGHT],
    rows: 2,
  },
  'lines with a list under such a name, and fields in objects': {
    content: '{"by":{"ip":"8.8.8.8"},"items":[{"ip":"9.9.9.9"}]}\n{"by":{"ip":"1.1.1.1"},"items":[{"ip":"9.9.9.9"}]}\n',
    options: { column: 'by.ip' },
    sent: BOTH,
    rows: 2,
  },
  'lines, and a list in the last alone': {
    content: '{"src":"8.8.8.8"}\n{"src":"1.1.1.1"}\n{"src":"8.8.8.8","hops":[{"ip":"9.9.9.9"}]}\n',
    options: { column: 'src' },
    sent: BOTH,
    rows: 3,
  },
  'lines, one of which is no JSON': {
    content: `${FIRST}\nbad line\n${SECOND}\n`,
    options: ADDRESS,
    sent: BOTH,
    rows: 3,
  },
  'the only line of lines': { content: FIRST, options: ADDRESS, sent: [EIGHT], rows: 1 },
};

const trail = (ip: string): string => `{"Records":[{"sourceIPAddress":"${ip}","x":{"y":[{"z":1}]}}]}`;
const hits = (ip: string): string =>
  `{"took":1,"_shards":{"total":1},"hits":{"total":{"value":1},"hits":[{"_id":"a","_source":{"ip":"${ip}"}}]}}`;

const WRAPPED: Readonly<Record<string, Case>> = {
  'files of CloudTrail': {
    name: 'a.json',
    content: trail(EIGHT) + trail(ONE),
    options: { column: 'sourceIPAddress' },
    sent: BOTH,
    rows: 2,
  },
  'files of CloudTrail, written over lines': {
    name: 'a.json',
    content: written(trail(EIGHT), trail(ONE)),
    options: { column: 'sourceIPAddress' },
    sent: BOTH,
    rows: 2,
  },
  'answers with a link to the next': {
    content: '{"next":"x","value":[{"ip":"8.8.8.8"},{"ip":"1.1.1.1"}]}\n{"next":null,"value":[{"ip":"8.8.8.8"}]}\n',
    options: {},
    sent: BOTH,
    rows: 3,
  },
  'answers of a search': { content: `${hits(EIGHT)}\n${hits(ONE)}\n`, options: {}, sent: BOTH, rows: 2 },
};

const PATHS: Readonly<Record<string, Case>> = {
  'a list of each line': {
    content: `${EVENTS.join('\n')}\nbad line\n`,
    options: { rows: 'chain[]' },
    sent: ['9.9.9.9', '4.4.4.4'],
    rows: 3,
    says: '2 documents have nothing at --rows chain[].',
  },
  'a list of each member': {
    name: 'a.json',
    content: `[${EVENTS.join(',')}]`,
    options: { rows: '[].chain[]' },
    sent: ['9.9.9.9', '4.4.4.4'],
    rows: 2,
  },
  'the line itself': {
    content: `${trail(EIGHT)}\n${trail(ONE)}\n`,
    options: { rows: '$', column: 'Records.sourceIPAddress' },
    sent: BOTH,
    rows: 2,
  },
  'the document itself': {
    name: 'a.json',
    content: '{"client":{"address":"8.8.8.8"},"chain":[{"ip":"9.9.9.9"}]}',
    options: { rows: '$', column: 'client.address' },
    sent: [EIGHT],
    rows: 1,
  },
  'the members of a list': {
    name: 'a.json',
    content: `[${EVENTS.join(',\n')}]`,
    options: { rows: '[]', ...ADDRESS },
    sent: BOTH,
    rows: 3,
  },
  'the members of each line': {
    content: `[${FIRST}]\n[${SECOND},${THIRD}]\n`,
    options: { rows: '$[]', ...ADDRESS },
    sent: BOTH,
    rows: 3,
  },
};

const scratch = new Scratch();
afterAll(() => scratch.remove());

describe.each<[string, Readonly<Record<string, Case>>]>([
  ['each is a row, whatever lists are in it', EACH],
  ['the rows are in a list that is known to be nothing but their wrapper', WRAPPED],
  ['the rows are where the caller says', PATHS],
])('%s:', (_kind, cases) => {
  it.each(Object.entries(cases))('%s', async (_what, { name = 'a.jsonl', content, options, sent, rows, says = '' }) => {
    const outcome = await runFile(scratch, name, content, options);
    expect({ says: outcome.says, sent: outcome.sent }).toEqual({ says: outcome.says, sent });
    expect([outcome.rows.length, outcome.exit]).toEqual([rows, 0]);
    expect(outcome.says).toContain(says);
  });
});

it('documents behind a large one that have nothing where its rows are, are counted', async () => {
  const records = Array.from({ length: 30_000 }, (_, index) => ({ ip: EIGHT, note: `a note of event ${index}` }));
  const content = `${JSON.stringify({ Records: records })}\n{"user":"ana"}\n{"Records":[{"ip":"1.1.1.1"}]}\n`;
  const { sent, rows, says } = await runFile(scratch, 'a.json', content);
  expect([sent, rows.length]).toEqual([BOTH, 30_001]);
  expect(says).toContain('1 document has nothing at --rows Records[].');
});

describe('events whose lists alone have the field are refused, and nothing is sent:', () => {
  it.each([
    ['lines', 'a.jsonl', EVENTS.join('\n')],
    ['lines in a file of another name', 'a.log', EVENTS.join('\n')],
    ['the only line of lines', 'a.jsonl', FIRST],
    ['documents over several lines', 'a.json', written(...EVENTS)],
    ['documents on one line', 'a.json', EVENTS.join('')],
    ['members of a list', 'a.json', `[${EVENTS.join(',')}]`],
    ['members of lines that are lists', 'a.jsonl', `[${FIRST},${SECOND}]\n[${THIRD}]\n`],
  ])('%s', async (_what, name, content) => {
    const { exit, sent, says } = await runFile(scratch, name, content);
    expect([exit, sent]).toEqual([2, []]);
    expect(says).toContain('its columns are "id", "client", "chain": did you mean --column client.address? A list');
  });
});

it('a field that comes after a million characters is found, whatever lists come before it', async () => {
  const early = Array.from({ length: 30_000 }, (_, id) => `{"id":${id},"tags":[{"k":"a tag of this event"}]}`);
  const content = `${early.join('\n')}\n{"id":0,"src":"8.8.8.8"}\n`;
  const { sent, rows } = await runFile(scratch, 'a.jsonl', content, { column: 'src' });
  expect([sent, rows.length]).toEqual([[EIGHT], 30_001]);
});
