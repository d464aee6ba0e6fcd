import { parse } from 'csv-parse/sync';
import { z } from 'zod';
import { trimmed } from '../row.js';
import { whoAsked } from '../indicator/access-log.js';
import { isPlace, isSame, judgeFirstLine } from './first-line.js';
import type { FirstLine } from './first-line.js';
import { isName } from './names.js';

/** How a table is written. */
export interface Shape {
  /** A text, or `blanks` for runs of them. */
  readonly delimiter: string;
  /** Lines before the table: comments, and what says how it is written. */
  readonly skippedLines: number;
  /** Names that stand in a comment. */
  readonly header?: readonly string[];
  /** False if the first row has values already. */
  readonly hasHeader: boolean;
  /** How sure the header is. */
  readonly firstLine: FirstLine;
  /** True if lines that begin with # are comments. */
  readonly hasComments: boolean;
  /** True if a quote means nothing but itself. */
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
  readonly hasHeader?: boolean | undefined;
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
  return {
    delimiter,
    skippedLines: preamble.length,
    ...headerOf(named?.fields, () => findHeader(rows, preamble, delimiter, hints.wanted), hints),
    hasComments: preamble.some((line) => COMMENT.test(line)),
    isBare: [named?.isBare, hints.noQuotes].includes(true),
  };
}

type Header = Pick<Shape, 'header' | 'hasHeader' | 'firstLine'>;

function headerOf(named: string[] | undefined, find: () => Header, { noHeader, hasHeader }: Hints): Header {
  if (noHeader) return { hasHeader: false, firstLine: 'values' };
  if (hasHeader) return { hasHeader: true, firstLine: 'named' };
  return named ? { header: named, hasHeader: false, firstLine: 'named' } : find();
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
export function namedFields(
  preamble: readonly string[],
): { fields: string[]; delimiter: string; isBare: boolean } | undefined {
  for (const line of preamble) {
    const [, mark = '', names = ''] = /^#(fields\t|Fields:\s*)(.*)$/.exec(line) ?? [];
    if (mark === 'fields\t') return { fields: names.split('\t'), delimiter: '\t', isBare: true };
    // Exchange writes such lines with commas.
    const delimiter = /,/.test(names) && !/\S\s+\S/.test(names) ? ',' : 'blanks';
    if (mark !== '') return { fields: names.trim().split(delimiter === ',' ? ',' : /\s+/), delimiter, isBare: false };
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
  if (rows[0] !== undefined && whoAsked(rows[0])) return 'blanks';
  const scores = [...DELIMITERS, 'blanks'].map((delimiter) => {
    const counts = rows.map((row) => cellsOf(row, delimiter).length);
    const [count = 1] = counts;
    const same = counts.filter((other) => other === count).length / Math.max(1, counts.length);
    const names = [rows[0] ?? '', bare(preamble.at(-1) ?? '')].flatMap((line) => cellsOf(line, delimiter));
    const isNamed = !isPlace(wanted) && names.some((name) => isSame(name, wanted));
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

/** A comment without its mark. */
export function bare(comment: string): string {
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
    const isWanted = names.some((name) => isSame(name, wanted));
    const fits = names.length === first.length && names.length > 1;
    if ((fits || (isWanted && names.length > 1) || (isWanted && first.length === 1)) && names.every(isName))
      return names;
  }
  return undefined;
}

/** The header that stands in a comment or in the first line, unless that is a row. */
function findHeader(rows: readonly string[], preamble: readonly string[], delimiter: string, wanted: string): Header {
  const [first = [], ...others] = rows.map((row) => cellsOf(row, delimiter));
  const header = commentedHeader(preamble, first, delimiter, wanted);
  const firstLine = judgeFirstLine(first, others, wanted, delimiter === 'blanks');
  const isWanted = header?.some((name) => isSame(name, wanted)) === true && !isPlace(wanted);
  if (header && firstLine !== 'named' && (isWanted || firstLine === 'values' || firstLine === 'unclear'))
    return { header, firstLine: isWanted ? 'named' : 'likely', hasHeader: false };
  return { firstLine, hasHeader: firstLine !== 'values' };
}
