import { types } from 'node:util';

/** An error that a person can correct. The command line prints its message without a stack, and exits with `exitCode`. */
export class UserError extends Error {
  override readonly name = 'UserError';
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
