import { JSONParser } from '@streamparser/json';
import { trimmed } from '../row.js';
import { MAX_LINE_CHARACTERS } from '../text.js';
import { asObject } from './fields.js';

/** How JSON text is written. */
export interface JsonForm {
  /** A value a line; values one behind the other; or a single value, of any size. */
  readonly kind: 'lines' | 'documents' | 'single';
  /** The text's beginning, without lines that are no JSON. */
  readonly head: string;
  /** The whole values in it. */
  readonly documents: readonly unknown[];
}

/**
 * How the JSON is written that begins with this text. A document over several lines has few lines that are values: of a list it
 * is the last member.
 *
 * @param isLines true if its name, or the caller, says that it is a value a line
 */
export function formOf(head: string, isLines: boolean): JsonForm {
  const { whole, values, others } = valuesOfLines(head);
  const lines: JsonForm = { kind: 'lines', head: whole.join('\n'), documents: values };
  if (!isLines && isObject(head)) return { kind: 'single', head, documents: [] };
  if (values.length > others) return lines;
  const { documents, isBroken } = documentsIn(head);
  const isOfLines = isLines ? isBroken || startsWithLine(head, whole) : !/^[\s\uFEFF]*[[{"]/.test(head);
  if (values.length > 0 && isOfLines) return lines;
  const isSingle = documents.length === 0 || isWhole(trimmed(head));
  return { kind: isSingle ? 'single' : 'documents', head, documents };
}

function startsWithLine(head: string, [first = '']: readonly string[]): boolean {
  return trimmed(head).startsWith(first);
}

/** True for a text that is one object, and nothing else. */
function isObject(text: string): boolean {
  return text.length < MAX_LINE_CHARACTERS && asObject(valueOf(trimmed(text))) !== undefined;
}

/** The lines that are whole values, and how many are not. */
function valuesOfLines(head: string): { whole: string[]; values: unknown[]; others: number } {
  const lines = head.split(/\r\n|\n|\r/);
  // The last line may be cut.
  if (head.length >= MAX_LINE_CHARACTERS && lines.length > 1) lines.pop();
  const parts = lines.map(trimmed).filter((line) => line !== '');
  const parsed = parts.map(valueOf);
  const whole = parts.filter((_, index) => parsed[index] !== undefined);
  return { whole, values: parsed.filter((value) => value !== undefined), others: parts.length - whole.length };
}

function isWhole(text: string): boolean {
  return valueOf(text) !== undefined;
}

function valueOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function documentsIn(head: string): { documents: unknown[]; isBroken: boolean } {
  const documents: unknown[] = [];
  let isBroken = false;
  const parser = new JSONParser({ separator: '', paths: ['$'] });
  parser.onValue = ({ value }) => {
    documents.push(value);
  };
  parser.onError = () => {
    isBroken = true;
  };
  parser.write(head);
  return { documents, isBroken };
}
