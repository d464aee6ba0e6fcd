import { isIP } from 'node:net';
import { parse } from 'csv-parse/sync';
import { z } from 'zod';
import { trimmed } from '../row.js';
import { readIndicator } from '../indicator/spelling.js';
import { nameOfValue } from '../indicator/kinds.js';

/** How a table is written. */
export interface Shape {
  /** A text, or `blanks` for runs of them. */
  readonly delimiter: string;
  /** Lines before the table: comments, and what says how it is written. */
  readonly skippedLines: number;
  /** Names that stand in a comment. */
  readonly header?: readonly string[];
  /** False where the first row has values already. */
  readonly hasHeader: boolean;
  /** True where lines that begin with # are comments. */
  readonly hasComments: boolean;
  /** True where a quote means nothing but itself. */
  readonly isBare: boolean;
}

/** What is known of a table before it is looked at. */
export interface Hints {
  /** The column that is looked for. */
  readonly wanted: string;
  readonly delimiter?: string | undefined;
  /** By the name of the file. */
  readonly usual?: string | undefined;
  readonly noHeader?: boolean | undefined;
  readonly noQuotes?: boolean | undefined;
}

const DELIMITERS = [',', '\t', ';', '|'];
const LOOKED_AT = 30;
const COMMENT = /^\s*(?:#|\/\/)/;

/** How the table is written that begins with this text. */
export function shapeOf(head: string, hints: Hints): Shape {
  const lines = head.split(/\r\n|\n|\r/);
  const { preamble, rows } = divide(lines);
  const named = namedFields(preamble);
  const delimiter = hints.delimiter ?? separatorOf(lines[0]) ?? named?.delimiter ?? delimiterOf(rows, preamble, hints);
  const [first = ''] = rows;
  const found = named
    ? { header: named.fields }
    : findHeader(cellsOf(first, delimiter), preamble, delimiter, hints.wanted);
  const header = hints.noHeader ? {} : found;
  return {
    delimiter,
    skippedLines: preamble.length,
    hasHeader: header === 'first row',
    ...(header === 'first row' ? {} : header),
    hasComments: preamble.some((line) => COMMENT.test(line)),
    isBare: [named?.isBare, hints.noQuotes].includes(true),
  };
}

/** The lines before the table, and its first rows. */
function divide(lines: readonly string[]): { preamble: readonly string[]; rows: readonly string[] } {
  const first = lines.findIndex((line, index) => !isPreamble(line, index));
  if (first < 0) return { preamble: lines, rows: [] };
  const rows = lines.slice(first, first + LOOKED_AT).filter((line) => !isPreamble(line, 1));
  return { preamble: lines.slice(0, first), rows };
}

/** Excel's own way to say it. */
function separatorOf(line = ''): string | undefined {
  return /^\uFEFF?"?sep=(.)"?$/i.exec(line)?.[1];
}

function isPreamble(line: string, index: number): boolean {
  return (
    trimmed(line) === '' ||
    COMMENT.test(line.replace(/^\uFEFF/, '')) ||
    (index === 0 && /^\uFEFF?"?sep=."?$/i.test(line))
  );
}

/** Zeek, and the extended log format of web servers, say in a comment what the fields are. */
function namedFields(
  preamble: readonly string[],
): { fields: string[]; delimiter: string; isBare: boolean } | undefined {
  for (const line of preamble) {
    const [, mark = '', names = ''] = /^#(fields\t|Fields:\s*)(.*)$/.exec(line) ?? [];
    if (mark === 'fields\t') return { fields: names.split('\t'), delimiter: '\t', isBare: true };
    if (mark !== '') return { fields: names.trim().split(/\s+/), delimiter: 'blanks', isBare: false };
  }
  return undefined;
}

const cellsSchema = z.array(z.array(z.string()));

/** The cells of a line. */
export function cellsOf(line: string, delimiter: string): string[] {
  if (delimiter === 'blanks') return valuesBetweenBlanks(line);
  try {
    const options = { delimiter, bom: true, relax_quotes: true, relax_column_count: true, trim: true };
    return cellsSchema.parse(parse(line, options))[0]?.map(trimmed) ?? [];
  } catch {
    // A quoted value goes on in the next line.
    return line.split(delimiter).map(trimmed);
  }
}

/** One in quotes may have blanks. A quote without its other half, and one inside a value, are marks like any other. */
export function valuesBetweenBlanks(line: string): string[] {
  return Array.from(line.matchAll(/"([^"]*)"(?!\S)|\S+/g), ([value, inQuotes]) => inQuotes ?? value);
}

function delimiterOf(rows: readonly string[], preamble: readonly string[], { usual, wanted }: Hints): string {
  const scores = [...DELIMITERS, 'blanks'].map((delimiter) => {
    const counts = rows.map((row) => cellsOf(row, delimiter).length);
    const [count = 1] = counts;
    const same = counts.filter((other) => other === count).length / Math.max(1, counts.length);
    const names = [rows[0] ?? '', bare(preamble.at(-1) ?? '')].flatMap((line) => cellsOf(line, delimiter));
    const isNamed = names.some((name) => name.toLowerCase() === wanted.toLowerCase());
    const isUsual = delimiter === usual;
    return {
      delimiter,
      count,
      score: same + (isNamed ? 1 : 0) + (isUsual ? 0.3 : 0) - (delimiter === 'blanks' ? 0.5 : 0),
    };
  });
  const possible = scores.filter(
    ({ delimiter, count, score }) => count > 1 && (delimiter !== 'blanks' || score >= 0.5),
  );
  const [best] = possible.sort((a, b) => b.score - a.score || b.count - a.count);
  return best?.delimiter ?? usual ?? ',';
}

function bare(comment: string): string {
  return comment.replace(/^[\s\uFEFF]*(?:#+|\/\/)\s?/, '');
}

/** The last comment with as many names as the first row has values, or with the one that is looked for. */
function commentedHeader(
  preamble: readonly string[],
  first: readonly string[],
  delimiter: string,
  wanted: string,
): string[] | undefined {
  for (const line of [...preamble].reverse()) {
    const names = cellsOf(bare(line), delimiter);
    const isWanted = names.some((name) => name.toLowerCase() === wanted.toLowerCase());
    const fits = names.length === first.length && names.length > 1;
    if ((fits || (isWanted && names.length > 1) || (isWanted && first.length === 1)) && names.every(isName))
      return names;
  }
  return undefined;
}

function findHeader(
  first: readonly string[],
  preamble: readonly string[],
  delimiter: string,
  wanted: string,
): 'first row' | { readonly header?: readonly string[] } {
  const has = (names: readonly string[]): boolean => names.some((name) => name.toLowerCase() === wanted.toLowerCase());
  if (has(first)) return 'first row';
  const header = commentedHeader(preamble, first, delimiter, wanted);
  const isData = first.some(isValue);
  if (header && (isData || has(header))) return { header };
  return isData ? {} : 'first row';
}

function isName(text: string): boolean {
  return text.length <= 100 && !isValue(text);
}

const VALUE_NAMES: ReadonlySet<string | undefined> = new Set([
  'an ip',
  'a hash',
  'a network',
  'a range of addresses',
  'an email',
]);

/** Where the names of websites end, and the paths of fields do not: `host.name` and `user.id` are domains, too. */
const WEBSITE = /\.(?:com|net|org|edu|gov|biz|(?!id$)[a-z]{2})$/i;

/** True for what no column is called: an address, a hash, a website, a number, a time. */
function isValue(text: string): boolean {
  if (WEBSITE.test(readIndicator(text, ['domain'])?.value ?? '')) return true;
  if (/^[+-]?\d+(?:[.,]\d+)?$/.test(text) || /^\d{4}-\d\d-\d\d/.test(text) || /^\w+:\/\//.test(text)) return true;
  return isIP(text) !== 0 || VALUE_NAMES.has(nameOfValue(text)) || readIndicator(text, ['ip', 'hash']) !== undefined;
}
