import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';

/** Debian keeps PostgreSQL's server programs out of the PATH, by version. */
const DEBIAN_POSTGRES = '/usr/lib/postgresql';

/** Path of a program in the PATH; undefined if there is none. */
export function findProgram(name: string): string | undefined {
  return firstWith(name, (process.env['PATH'] ?? '').split(path.delimiter));
}

/** Path of one of PostgreSQL's server programs. */
export function findPostgres(name: string): string | undefined {
  const versions = existsSync(DEBIAN_POSTGRES) ? readdirSync(DEBIAN_POSTGRES) : [];
  const newestFirst = versions.sort((a, b) => Number(b) - Number(a));
  return (
    findProgram(name) ??
    firstWith(
      name,
      newestFirst.map((version) => path.join(DEBIAN_POSTGRES, version, 'bin')),
    )
  );
}

function firstWith(name: string, directories: readonly string[]): string | undefined {
  return directories.map((directory) => path.join(directory, name)).find((file) => existsSync(file));
}
