import { existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { utimes } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isAlive } from './process.js';

const HEARTBEAT_MS = 1_000;
/** The pid of a killed command may belong to another process by now, which sends no heartbeat. */
const HEARTBEAT_TIMEOUT_MS = 60_000;

/**
 * Counts the commands that use the servers of a folder, by a file for each: the command that started the servers must not stop
 * them while another uses them.
 */
export class FolderUse {
  readonly #users: string;
  readonly #own: string;
  readonly #heartbeat: NodeJS.Timeout;

  constructor(folder: string) {
    this.#users = path.join(folder, 'users');
    this.#own = path.join(this.#users, String(process.pid));
    mkdirSync(this.#users, { recursive: true });
    writeFileSync(this.#own, '');
    const beat = (): void => {
      // The folder may be removed while a command works. That ends the counting, but not the command.
      void utimes(this.#own, new Date(), new Date()).catch(() => undefined);
    };
    this.#heartbeat = setInterval(beat, HEARTBEAT_MS);
    this.#heartbeat.unref();
  }

  /** Says that this command needs the servers no more. */
  leave(): void {
    clearInterval(this.#heartbeat);
    rmSync(this.#own, { force: true });
  }

  /** Resolves when no other command is left. Calls `onWait` if there is one. */
  async untilAlone(onWait: () => void): Promise<void> {
    if (this.#hasOthers()) onWait();
    while (this.#hasOthers()) await delay(HEARTBEAT_MS / 4);
  }

  #hasOthers(): boolean {
    const pids = existsSync(this.#users) ? readdirSync(this.#users) : [];
    return pids.some((pid) => {
      const stats = statSync(path.join(this.#users, pid), { throwIfNoEntry: false });
      const isRecent = stats !== undefined && Date.now() - stats.mtimeMs < HEARTBEAT_TIMEOUT_MS;
      return Number(pid) !== process.pid && isRecent && isAlive(Number(pid));
    });
  }
}
