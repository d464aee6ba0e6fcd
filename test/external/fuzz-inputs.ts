import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import type { ReadingRules } from '../../src/cli/input/row.js';

const PIECES = [
  ...[
    'ip',
    'IP',
    'src.ip',
    '8.8.8.8',
    '1.1.1.1:53',
    '2001:db8::1',
    '8[.]8[.]8[.]8',
    'hxxp://a.b/?q',
    'a@b.c',
    '10.0.0.0/8',
  ],
  ...[
    ',',
    ';',
    '\t',
    '|',
    ' ',
    '  ',
    '"',
    '""',
    "'",
    '\\',
    '\n',
    '\r',
    '\r\n',
    '\u2028',
    '#',
    '#fields\t',
    'sep=;',
    '-',
    'N/A',
  ],
  ...[
    '{',
    '}',
    '[',
    ']',
    ':',
    '{"ip":',
    '"8.8.8.8"',
    '[{"ip":"8.8.8.8"},',
    '"\\ud800"',
    '"__proto__":',
    '"constructor":',
  ],
  ...[
    'null',
    'true',
    '1e999',
    '-0',
    '9007199254740993',
    '0x10',
    'NaN',
    '"Records":[',
    '"hits":{"hits":[',
    '"_source":',
  ],
  ...[
    '\u0000',
    '\u001b[2J',
    '\ufeff',
    '\u200b',
    '\u202e',
    '\ud800',
    '=1+1',
    '<?xml?>',
    '<a>',
    'é',
    '\u{1f600}',
    '%00',
    '..',
  ],
  ...['x'.repeat(3_000), '('.repeat(300), '['.repeat(300), '"'.repeat(301), ' '.repeat(2_000), '\\"'.repeat(300)],
] as const;
export const text = fc
  .array(fc.oneof(fc.constantFrom(...PIECES), fc.string({ unit: 'binary', maxLength: 12 })), { maxLength: 60 })
  .map((pieces) => pieces.join(''));
/** A file's or an answer's content. */
export const bytes = fc.oneof(
  { weight: 8, arbitrary: text.map((some) => Buffer.from(some)) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 3_000 }).map((some) => Buffer.from(some)) },
  { weight: 1, arbitrary: text.map((some) => gzipSync(some)) },
  { weight: 1, arbitrary: text.map((some) => Buffer.from(`\ufeff${some}`, 'utf16le')) },
);
/** Any JSON, and often an object with names that we know. */
const NAMES = [
  ...[
    'action',
    'container_id',
    'name',
    'type',
    'targets',
    'app_id',
    'assets',
    'parameters',
    'request',
    'items',
    'options',
  ],
  ...[
    'itemsPerRun',
    'timeoutSecs',
    'exec_delay_secs',
    'workflowId',
    'from',
    'limit',
    'offset',
    'id',
    'status',
    'message',
  ],
  ...[
    'data',
    'count',
    'num_pages',
    'runs',
    'outcome',
    'appRuns',
    'queue',
    'intake',
    'ledger',
    'constructor',
    '__proto__',
  ],
];
export const json = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 6, withCrossShrink: true },
    fc.oneof(fc.constantFrom(null, true, 0, -1, 1.5, 1e21, NaN, Infinity, '', '1', '../x'), fc.integer(), text),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.oneof(fc.constantFrom(...NAMES), fc.string()), tie('value'), {
      maxKeys: 6,
      noNullPrototype: true,
    }),
  ),
})).value;

export const optional = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(value, { nil: undefined });
export const rules: fc.Arbitrary<ReadingRules> = fc.record({
  where: fc.constant(undefined),
  literal: optional(fc.boolean()),
  sendAnything: optional(fc.boolean()),
  explode: optional(fc.boolean()),
  delimiter: optional(fc.constantFrom(',', ';', '\t', 'blanks', '||')),
  noHeader: optional(fc.boolean()),
  noQuotes: optional(fc.boolean()),
  rows: optional(fc.constantFrom('$', '[]', 'Records', 'hits.hits[]._source', 'a..b')),
  encoding: optional(fc.constantFrom('windows-1252', 'utf-16le')),
});
