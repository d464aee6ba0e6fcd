import { existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { utimes } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isAlive } from './is-alive.js';

const BEAT_MS = 1_000;
/** The number of a process that was killed may belong to another by now, which does not beat. */
const FORGOTTEN_AFTER_MS = 60_000;

/** Which commands work with the servers of a folder: the one that started them must not end them under another. */
export class FolderUse {
  readonly #users: string;
  readonly #own: string;
  readonly #beat: NodeJS.Timeout;

  constructor(folder: string) {
    this.#users = path.join(folder, 'users');
    this.#own = path.join(this.#users, String(process.pid));
    mkdirSync(this.#users, { recursive: true });
    writeFileSync(this.#own, '');
    // Whoever removes the folder under a command that works ends nothing but the sharing.
    this.#beat = setInterval(() => void utimes(this.#own, new Date(), new Date()).catch(() => undefined), BEAT_MS);
    this.#beat.unref();
  }

  leave(): void {
    clearInterval(this.#beat);
    rmSync(this.#own, { force: true });
  }

  /** Resolves when no other command is left; calls `onWait` where there is one. */
  async untilAlone(onWait: () => void): Promise<void> {
    if (this.#hasOthers()) onWait();
    while (this.#hasOthers()) await delay(BEAT_MS / 4);
  }

  #hasOthers(): boolean {
    const names = existsSync(this.#users) ? readdirSync(this.#users) : [];
    return names.some((name) => Number(name) !== process.pid && this.#isThere(name));
  }

  #isThere(name: string): boolean {
    const stats = statSync(path.join(this.#users, name), { throwIfNoEntry: false });
    return stats !== undefined && isAlive(Number(name)) && Date.now() - stats.mtimeMs < FORGOTTEN_AFTER_MS;
  }
}
