/** Hooks by which a test injects network faults. Each gets a copy of the request, whose body it may read. */
export interface Faults {
  /** Runs before anything else. A response it gives is sent instead of the server's; while its promise waits, nothing is committed. */
  readonly beforeHandle?: (request: Request) => Promise<Response | undefined>;
  /**
   * Runs after the request has been carried out and written to the journal. Gives the response to send, or `drop` to cut the connection
   * without one: a lost acknowledgement. In-process there is no connection to cut, and the response is sent.
   */
  readonly beforeAnswer?: (request: Request, response: Response) => Promise<Response | 'drop'>;
}

/** Credentials, state and time of the server; all optional. */
export interface SoarSimAppOptions {
  /** The automation token. @default a random one */
  readonly token?: string;
  /** @default 'admin' */
  readonly username?: string;
  /** @default a random one */
  readonly password?: string;
  /** The journal that keeps state over restarts. @default none: state is in memory only */
  readonly dataFile?: string;
  /** The clock, in milliseconds since 1970. @default Date.now */
  readonly now?: () => number;
  /** How long a "geolocate ip" takes, in milliseconds. @default 300 */
  readonly actionDurationMs?: number;
  /** How long an approver or a reviewer has, in milliseconds; prompts and tasks say so themselves. @default 24 hours */
  readonly approvalLifetimeMs?: number;
  readonly faults?: Faults;
}

/** As {@link SoarSimAppOptions}, and where to listen. */
export interface SoarSimOptions extends SoarSimAppOptions {
  /** @default 0: a free port */
  readonly port?: number;
  /** @default '127.0.0.1' */
  readonly host?: string;
  /** PEM texts; with them the server speaks HTTPS. @default none: plain HTTP */
  readonly tls?: { readonly key: string; readonly cert: string };
}
