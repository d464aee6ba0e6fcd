/**
 * What `npm start`, `npm test`, `npm run worker` and `npm run sim` need before they run, in plain Node so that it works
 * in a fresh clone: packages, the compiled code with its workflow bundle, the Temporal programs. Says what it does; does nothing twice.
 *
 *     node scripts/setup/main.cjs start|test|worker|sim
 */
const fs = require('node:fs');
const path = require('node:path');
const { run, step } = require('./step.cjs');
const { unlessStamped } = require('./stamp.cjs');
const { temporalBinary } = require('./temporal-binaries.cjs');

const root = path.join(__dirname, '../..');
const at = (...parts) => path.join(root, ...parts);
const OLDEST_NODE = [20, 3];

const NEEDS = {
  start: ['temporal'],
  test: ['temporal', 'temporal-test-server'],
  worker: [],
  sim: [],
};

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])) return;
  throw new Error(`soar-runner needs Node ${OLDEST_NODE.join('.')} or newer; this is ${process.versions.node}.`);
}

function installPackages() {
  return unlessStamped(at('node_modules/.soar-runner-stamp'), [at('package-lock.json')], () =>
    step('Installing packages (npm ci)', () =>
      run('npm', ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: root }),
    ),
  );
}

function build() {
  const inputs = [
    'src',
    'tsconfig.json',
    'tsconfig.build.json',
    'package-lock.json',
    'scripts/build.cjs',
    'scripts/bundle-caller.cjs',
  ].map((entry) => at(entry));
  return unlessStamped(at('dist/.soar-runner-stamp'), inputs, () =>
    step('Compiling and bundling the workflows', () => run(process.execPath, [at('scripts/build.cjs')], { cwd: root })),
  );
}

async function main(purpose) {
  const binaries = NEEDS[purpose];
  if (!binaries) throw new Error(`usage: setup/main.cjs ${Object.keys(NEEDS).join('|')}`);
  checkNode();
  await installPackages();
  await build();
  const paths = {};
  for (const name of binaries) paths[name] = await temporalBinary(name, at('.cache/bin'));
  const tools = at('.cache/tools.json');
  const known = fs.existsSync(tools) ? JSON.parse(fs.readFileSync(tools, 'utf8')) : {};
  fs.mkdirSync(at('.cache'), { recursive: true });
  fs.writeFileSync(tools, JSON.stringify({ ...known, ...paths }));
}

main(process.argv[2]).catch((error) => {
  process.stderr.write(`Set-up failed: ${error.message}\n`);
  process.exit(1);
});
