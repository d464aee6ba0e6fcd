import { UserError } from './errors.js';
import type { ReadingRules } from './input/row.js';
import { isEncoding } from './input/text.js';

/** Options that say how an input is read, and how much of it is sent. */
export interface ReadingOptions {
  readonly column?: string;
  readonly where?: readonly string[];
  readonly delimiter?: string;
  readonly header?: boolean;
  readonly quotes?: boolean;
  readonly rows?: string;
  readonly encoding?: string;
  readonly literal?: true;
  readonly sendAnything?: true;
  readonly explode?: true;
  readonly limit?: number;
  readonly dryRun?: true;
  readonly keepGoing?: true;
  readonly force?: true;
}

/** The rules that the options ask for. @throws UserError if one of them is wrong */
export function readRules(options: ReadingOptions): ReadingRules {
  const { encoding, literal, sendAnything, explode, rows } = options;
  if (encoding !== undefined && !isEncoding(encoding))
    throw new UserError(
      `--encoding takes the name of an encoding, as windows-1252 or utf-16le, and not "${encoding}".`,
      2,
    );
  return {
    where: options.where?.map(readCondition),
    literal,
    sendAnything,
    explode,
    delimiter: options.delimiter === undefined ? undefined : readDelimiter(options.delimiter),
    noHeader: options.header === false ? true : undefined,
    hasHeader: options.header === true ? true : undefined,
    noQuotes: options.quotes === false ? true : undefined,
    rows,
    encoding,
  };
}

function readCondition(text: string): { column: string; value: string } {
  const [, column = '', value = ''] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  if (column !== '') return { column: column.trim(), value };
  throw new UserError(`--where takes COLUMN=VALUE, as type=ip-dst, and not "${text}".`, 2);
}

/** A shell makes tabs and blanks hard to write. */
const DELIMITERS: ReadonlyMap<string, string> = new Map([
  ['tab', '\t'],
  ['\\t', '\t'],
  ['comma', ','],
  ['semicolon', ';'],
  ['pipe', '|'],
  ['blanks', 'blanks'],
  ['blank', 'blanks'],
  ['space', 'blanks'],
  [' ', 'blanks'],
]);

function readDelimiter(text: string): string {
  const delimiter = DELIMITERS.get(text.toLowerCase()) ?? text;
  if (delimiter === 'blanks' || (delimiter.length >= 1 && delimiter.length <= 4 && !/["\r\n]/.test(delimiter)))
    return delimiter;
  throw new UserError('--delimiter takes a mark, as ";", or one of the words tab and blanks.', 2);
}
