/** What the commands of a caller take. */
export interface CallerOptions {
  readonly json?: true;
}

/** Options of `run`. */
export interface RunOptions extends CallerOptions {
  readonly id?: string;
  readonly detach?: true;
}

/** Options of `list`. */
export interface ListOptions extends CallerOptions {
  readonly state?: string;
}
