import { ClassicLevel } from 'classic-level';
import { codeOfError } from '../../soar/error-code.js';
import { messageOf, UserError } from '../errors.js';

/** What a job keeps on disk: LevelDB, which one process at a time has open, and which a kill leaves readable. */
export type Database = ClassicLevel;

/** Opens the database in a folder, or makes it. @throws UserError where another process has it open */
export async function openDatabase(folder: string): Promise<Database> {
  const database = new ClassicLevel(folder);
  try {
    await database.open();
  } catch (error) {
    throw openingProblem(folder, error instanceof Error ? (error.cause ?? error) : error);
  }
  return database;
}

function openingProblem(folder: string, cause: unknown): UserError {
  if (codeOfError(cause) === 'LEVEL_LOCKED') return new UserError('Another command is at work on the same input.');
  return new UserError(
    `The job's state in ${folder} cannot be opened: ${messageOf(cause)}. Remove it to start afresh.`,
  );
}

const KEY_DIGITS = 12;

/** A number as a key: keys are in the order of their numbers. */
export function numberKey(number: number): string {
  return String(number).padStart(KEY_DIGITS, '0');
}

/** The keys of `count` numbers from `first`. */
export function keyRange(first: number, count: number): string[] {
  return Array.from({ length: Math.max(count, 0) }, (_, index) => numberKey(first + index));
}
