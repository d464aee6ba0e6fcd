import { ClassicLevel } from 'classic-level';
import { codeOfError } from '../../soar/soar-error.js';
import { messageOf, UserError } from '../errors.js';

/** A job's state on disk. Only one process at a time can open it, and it survives a kill. */
export type Database = ClassicLevel;

/** For sublevels whose values are not text. */
export const JSON_VALUES = { valueEncoding: 'json' } as const;

/** Opens the database in a folder, or creates it. @throws UserError if another process has it open */
export async function openDatabase(folder: string): Promise<Database> {
  const database = new ClassicLevel(folder);
  try {
    await database.open();
  } catch (error) {
    const cause = error instanceof Error ? (error.cause ?? error) : error;
    if (codeOfError(cause) === 'LEVEL_LOCKED') throw new UserError('Another command is at work on the same input.');
    throw new UserError(
      `The job's state in ${folder} cannot be opened: ${messageOf(cause)}. Remove it to start afresh.`,
    );
  }
  return database;
}

const KEY_DIGITS = 12;

/** A number as a key. The keys sort as their numbers do. */
export function numberKey(number: number): string {
  return String(number).padStart(KEY_DIGITS, '0');
}

/** The keys of `count` numbers from `first`. */
export function keyRange(first: number, count: number): string[] {
  return Array.from({ length: Math.max(count, 0) }, (_, index) => numberKey(first + index));
}
