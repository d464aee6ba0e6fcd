import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openDatabase } from '../../../../src/cli/job/database.js';
import type { Database } from '../../../../src/cli/job/database.js';

/** A folder of a test's own, with the job databases that the test has opened in it. */
export class Scratch {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'soar-runner-cli-'));
  readonly #databases: Database[] = [];

  at(name: string): string {
    return path.join(this.folder, name);
  }

  /** Opens a database; where it is open, it is closed first, and so opened as the next process finds it. */
  async database(name = 'state'): Promise<Database> {
    const open = this.#databases.find(({ location }) => location === this.at(name));
    await open?.close();
    const database = await openDatabase(this.at(name));
    this.#databases.push(database);
    return database;
  }

  async remove(): Promise<void> {
    await Promise.all(this.#databases.map((database) => database.close()));
    rmSync(this.folder, { recursive: true });
  }
}
