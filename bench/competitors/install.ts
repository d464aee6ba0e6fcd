import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { NotAvailable } from '../contenders/contender.js';

const CACHE = path.join(__dirname, '../../.cache/bench-competitors');
const INSTALLED = path.join(CACHE, 'node_modules/.package-lock.json');

/**
 * Installs what the other engines are made of into a cache folder, once: users of ours never need it. Their install scripts are not
 * run.
 *
 * @returns the folder of the packages
 * @throws NotAvailable if npm cannot
 */
export function installCompetitors(): string {
  if (!isUpToDate()) install();
  return path.join(CACHE, 'node_modules');
}

/** The environment of a program that requires them. */
export function competitorEnvironment(): Record<string, string> {
  return { NODE_PATH: installCompetitors() };
}

function isUpToDate(): boolean {
  const [wanted, cached] = [path.join(__dirname, 'package-lock.json'), path.join(CACHE, 'package-lock.json')];
  return existsSync(INSTALLED) && existsSync(cached) && readFileSync(wanted, 'utf8') === readFileSync(cached, 'utf8');
}

function install(): void {
  process.stdout.write('Installing the other engines’ packages (npm ci, 250 MB) into .cache/bench-competitors\n');
  mkdirSync(CACHE, { recursive: true });
  for (const file of ['package.json', 'package-lock.json'])
    copyFileSync(path.join(__dirname, file), path.join(CACHE, file));
  try {
    const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
    execFileSync('npm', args, { cwd: CACHE, stdio: ['ignore', 'ignore', 'pipe'] });
  } catch {
    throw new NotAvailable('npm could not install its packages');
  }
}
