import { Tokenizer, TokenParser, TokenType } from '@streamparser/json';
import { UserError } from '../../errors.js';
import type { InputNotes } from '../row.js';
import { isLosslessNumber } from 'lossless-json';
import { readNumber } from './lossless.js';
import type { JsonRow } from './fields.js';
import { asOption, withoutRows } from './find-rows.js';

/** A single value of a document takes no more memory than this. */
const MAX_VALUE_CHARACTERS = 64 * 1024 * 1024;

/**
 * The values at these paths of a JSON document, or of documents one behind the other, in memory that does not grow with them.
 * What comes after an error is not read: `notes` say where it is.
 *
 * @throws UserError if nothing could be read before the error, or if a value is too large
 */
export async function* readDocument(
  name: string,
  text: AsyncIterable<string>,
  paths: readonly string[],
  notes: InputNotes,
): AsyncGenerator<JsonRow> {
  const parser = new ValueParser(paths);
  let rows = 0;
  let sinceRow = 0;
  for await (const piece of text) {
    const values = parser.write(piece);
    for (const value of values) yield { value };
    rows += values.filter(isRow).length;
    sinceRow = values.length > 0 ? 0 : sinceRow + piece.length;
    if (parser.problem !== undefined) break;
    if (sinceRow > MAX_VALUE_CHARACTERS)
      throw new UserError(`${name} has a value of more than 64 MiB: say where its rows are, as --rows 'Records[]'.`, 2);
  }
  parser.end();
  const { without } = parser;
  if (without > 0) notes.remarks.push(withoutRows(without, paths.map(asOption).join(' or ')));
  if (parser.problem === undefined) return;
  if (rows === 0)
    throw new UserError(
      `${name} is not JSON: ${parser.problem}. If it is a table or a list, say --format csv or --format list.`,
      2,
    );
  notes.incomplete = `${parser.problem}, after row ${rows}`;
}

/** A text that is no JSON can begin with a number. */
function isRow(value: unknown): boolean {
  return typeof value === 'string' || (typeof value === 'object' && value !== null && !isLosslessNumber(value));
}

class LosslessTokenizer extends Tokenizer {
  /** The parser puts into a value whatever this gives. */
  protected override parseNumber(text: string): number {
    return readNumber(text) as number;
  }
}

/** A parser that gives the values of each piece. */
class ValueParser {
  problem: string | undefined;
  /** How many documents had nothing at the paths. */
  without = 0;
  readonly #tokenizer = new LosslessTokenizer({ separator: '' });
  readonly #tokens;
  #values: unknown[] = [];
  #ended = false;
  #depth = 0;
  #isEmpty = true;

  constructor(paths: readonly string[]) {
    this.#tokens = new TokenParser({
      paths: paths.map((path) => (path === '' ? '$' : `$.${path}`)),
      keepStack: false,
      separator: '',
    });
    this.#tokenizer.onToken = (token) => {
      this.#tokens.write(token);
      this.#countDocument(token.token);
    };
    this.#tokens.onValue = ({ value }) => {
      this.#values.push(value);
      this.#isEmpty = false;
    };
    this.#tokenizer.onError = this.#tokens.onError = (error) => {
      this.problem ??= this.#ended ? 'it ends in the middle of a value' : reasonOf(error);
    };
  }

  write(piece: string): unknown[] {
    this.#values = [];
    if (this.problem === undefined) this.#tokenizer.write(piece);
    return this.#values;
  }

  #countDocument(token: TokenType): void {
    if (token === TokenType.LEFT_BRACE || token === TokenType.LEFT_BRACKET) this.#depth += 1;
    if (token !== TokenType.RIGHT_BRACE && token !== TokenType.RIGHT_BRACKET) return;
    this.#depth -= 1;
    if (this.#depth > 0) return;
    if (this.#isEmpty) this.without += 1;
    this.#isEmpty = true;
  }

  end(): void {
    this.#ended = true;
    if (this.problem !== undefined) return;
    this.#tokenizer.end();
    if (!this.#tokens.isEnded) this.#tokens.end();
  }
}

/** Without the states of the parser, which mean nothing to a reader. */
function reasonOf(error: Error): string {
  const [, unexpected] = /Unexpected (".{1,8}?")/.exec(error.message) ?? [];
  return unexpected === undefined ? 'a mark stands where none may' : `${unexpected} stands where it may not`;
}
