import { jsonText } from './json/lossless.js';
import type { Cell } from './row.js';

const EDGES = /^[\s\p{Cc}\p{Cf}]+|[\s\p{Cc}\p{Cf}]+$/gu;
const isPlain = (code: number): boolean => code > 0x20 && code < 0x7f;

/** A value without blanks, line ends, control characters, and zero-width and direction marks at its ends. */
export function trimmed(text: string): string {
  const isClean = text === '' || (isPlain(text.charCodeAt(0)) && isPlain(text.charCodeAt(text.length - 1)));
  return isClean ? text : text.replace(EDGES, '');
}

/** Any JSON value as a cell. */
export function toCell(value: unknown): Cell {
  if (typeof value === 'string') return trimmed(value);
  return value === undefined ? '' : [jsonText(value)];
}

/** A cell as text. */
export function cellText(cell: Cell): string {
  if (typeof cell === 'string') return cell;
  return cell[0] === 'null' ? '' : cell[0];
}

/** A cell as JSON, as it was written. */
export function cellJson(cell: Cell): string {
  return typeof cell === 'string' ? JSON.stringify(cell) : cell[0];
}

/** Any JSON value as trimmed text. */
export function toText(value: unknown): string {
  return cellText(toCell(value));
}
