/**
 * Everything, from the quickest check to the slowest: format, lint, types, layers, unused code, the packages, the Compose file, unit tests,
 * the conformance suite, the replay of recorded histories, and end-to-end tests.
 * Ends with `N passed, N failed`.
 *
 *     node scripts/test.cjs [--only NAME,…] [--with-external]
 *
 * `--with-external` runs the project `external` too, which needs other languages and registries.
 */
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const root = path.join(__dirname, '..');
const bin = (name) => path.join(root, 'node_modules/.bin', name);

// The product runs on older ones; ESLint, dependency-cruiser and knip do not.
const LINTERS_NEED_NODE = [20, 19];

// Four files keep two cores busy: most of them wait. With more, what a test times is the machine.
const CHECKS = [
  { name: 'format', command: [bin('prettier'), '--check', '--log-level', 'warn', '.'] },
  { name: 'lint', command: [bin('eslint'), '.'], needsNode: LINTERS_NEED_NODE },
  { name: 'types', command: [bin('tsc'), '-p', 'tsconfig.json'] },
  {
    name: 'layers',
    command: [bin('depcruise'), 'src', '--config', '.dependency-cruiser.cjs'],
    needsNode: LINTERS_NEED_NODE,
  },
  { name: 'unused', command: [bin('knip')], needsNode: LINTERS_NEED_NODE },
  { name: 'packages', command: [process.execPath, require.resolve('./check-supply-chain.cjs')] },
  { name: 'compose', command: [process.execPath, require.resolve('./check-compose.cjs')] },
  { name: 'unit', jest: ['--selectProjects', 'unit', '--maxWorkers=100%'] },
  { name: 'conformance', jest: ['--selectProjects', 'conformance'] },
  { name: 'replay', jest: ['--selectProjects', 'replay'] },
  { name: 'package', jest: ['--selectProjects', 'package'], needsNode: LINTERS_NEED_NODE },
  { name: 'e2e', jest: ['--selectProjects', 'e2e', 'documents', '--maxWorkers=4'] },
];

const EXTERNAL = { name: 'external', jest: ['--selectProjects', 'external', '--runInBand'] };

function run([command, ...args]) {
  return spawnSync(command, args, { cwd: root, stdio: 'inherit' }).status === 0;
}

/** Counts a Jest run's tests; a suite that could not even be loaded is a failure too. */
function runJest(args, reportFile) {
  fs.rmSync(reportFile, { force: true });
  const ok = run([bin('jest'), ...args, '--json', '--outputFile', reportFile]);
  if (!fs.existsSync(reportFile)) return { passed: 0, failed: 1 };
  const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites } = JSON.parse(fs.readFileSync(reportFile, 'utf8'));
  const failed = numFailedTests + numRuntimeErrorTestSuites;
  return { passed: numPassedTests, failed: ok ? failed : Math.max(failed, 1) };
}

function main() {
  const checks = process.argv.includes('--with-external') ? [...CHECKS, EXTERNAL] : CHECKS;
  const only = process.argv[2] === '--only' ? process.argv[3].split(',') : checks.map(({ name }) => name);
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'soar-runner-report-'));
  const totals = { passed: 0, failed: 0 };
  for (const check of checks.filter(({ name }) => only.includes(name))) {
    process.stdout.write(`\n=== ${check.name}\n`);
    const startedAt = Date.now();
    const { passed, failed, notRun } = perform(check, path.join(directory, 'report.json'));
    totals.passed += passed;
    totals.failed += failed;
    const verdict = notRun ?? (failed === 0 ? 'ok' : `${failed} FAILED`);
    process.stdout.write(`=== ${check.name}: ${verdict} (${((Date.now() - startedAt) / 1000).toFixed(0)} s)\n`);
  }
  fs.rmSync(directory, { recursive: true, force: true });
  process.stdout.write(`\n${totals.passed} passed, ${totals.failed} failed\n`);
  process.exitCode = totals.failed === 0 ? 0 : 1;
}

function perform({ command, jest, needsNode }, reportFile) {
  const [major, minor] = process.versions.node.split('.').map(Number);
  const isOld = needsNode && (major < needsNode[0] || (major === needsNode[0] && minor < needsNode[1]));
  if (isOld) return { passed: 0, failed: 0, notRun: `NOT RUN, needs Node ${needsNode.join('.')}` };
  return jest ? runJest(jest, reportFile) : oneCheck(run(command));
}

function oneCheck(ok) {
  return ok ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

main();
