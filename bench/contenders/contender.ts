import path from 'node:path';
import type { ScenarioName } from '../rounds/scenarios.js';
import { environmentFor } from '../programs/environment.js';
import type { Program } from '../programs/start-program.js';
import { startProgram } from '../programs/start-program.js';
import type { Server } from '../programs/start-server.js';
import { startServer } from '../programs/start-server.js';
import type { SoarAddress } from '../soar/start-soar.js';

/** What a process is to its contender; CPU and memory are told apart by it. */
export type Role = 'client' | 'worker' | 'engine';

/** Somebody who does the work, in processes of their own. */
export interface Contender {
  /** What `--only` takes. */
  readonly name: string;
  /** What it is, for the reader of the figures. */
  readonly description: string;
  readonly scenarios: readonly ScenarioName[];
  /** Takes more than one row to an action_run, and so a scenario's full number of rows. */
  readonly packs?: true;
  /** Starts engine, worker and client on the stage. @returns the client @throws NotAvailable if this machine lacks something */
  setUp(stage: Stage): Promise<Program>;
}

/** A contender cannot be measured here; the message says why. */
export class NotAvailable extends Error {
  override readonly name = 'NotAvailable';
}

type ProgramOptions = Omit<Parameters<typeof startProgram>[0], 'logFile'>;
type ServerOptions = Omit<Parameters<typeof startServer>[0], 'logFile' | 'directory'>;

/** Where one contender is set up for one trial: knows all its processes, and ends them. */
export class Stage {
  readonly #processes: { readonly role: Role; readonly server: Server }[] = [];

  constructor(
    readonly soar: SoarAddress,
    /** Empty, and the trial's own. */
    readonly directory: string,
  ) {}

  get processes(): readonly { readonly role: Role; readonly pid: number }[] {
    return this.#processes.map(({ role, server }) => ({ role, pid: server.pid }));
  }

  /** Starts a program of the bench's own. It is told where SOAR is. */
  async program(role: Role, options: ProgramOptions): Promise<Program> {
    const environment = { ...environmentFor(this.soar), ...options.environment };
    return this.adopt(role, await startProgram({ ...options, environment, logFile: this.#logFile(role) }));
  }

  async server(role: Role, options: ServerOptions): Promise<Server> {
    return this.adopt(role, await startServer({ ...options, directory: this.directory, logFile: this.#logFile(role) }));
  }

  /** Takes on a process that was started otherwise. */
  adopt<T extends Server>(role: Role, server: T): T {
    this.#processes.push({ role, server });
    return server;
  }

  /** Ends all of it, the last first. */
  async tearDown(): Promise<void> {
    for (const { server } of this.#processes.splice(0).reverse()) await server.stop();
  }

  #logFile(role: Role): string {
    return path.join(this.directory, `${role}.log`);
  }
}
