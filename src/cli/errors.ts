import { types } from 'node:util';

/** Something a person can put right; the CLI prints the message alone and exits with `exitCode`. */
export class Problem extends Error {
  override readonly name = 'Problem';
  /** 1: the work could not be done. 2: the command was used wrongly. */
  constructor(
    message: string,
    readonly exitCode: 1 | 2 = 1,
  ) {
    super(message);
  }
}

/** The message of anything thrown. */
export function messageOf(error: unknown): string {
  // Not `instanceof`: errors of Node's own modules can come from another realm.
  return types.isNativeError(error) ? error.message : String(error);
}
