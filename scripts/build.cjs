/** Compiles `src` to `dist`, and bundles the workflows once, so that no worker has to at start, and the commands of a caller. */
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { bundleWorkflowCode, DefaultLogger } = require('@temporalio/worker');
const { bundleCaller } = require('./bundle-caller.cjs');

const root = path.join(__dirname, '..');

/** The pages of the command line's report are no TypeScript. */
function copyReport() {
  const report = 'cli/output';
  const isPage = (source) => !source.endsWith('.ts');
  fs.cpSync(path.join(root, 'src', report), path.join(root, 'dist', report), { recursive: true, filter: isPage });
}

/** The source map that the bundle ends with, without the folder of the build: a workflow's stack trace would tell it to everybody. */
function withoutFolder(code) {
  return code.replace(/(sourceMappingURL=data:[^,]*;base64,)([\w+/=]+)/, (_all, head, map) => {
    const text = Buffer.from(map, 'base64').toString('utf8').replaceAll(`${root}${path.sep}`, '');
    return head + Buffer.from(text).toString('base64');
  });
}

async function main() {
  fs.rmSync(path.join(root, 'dist'), { recursive: true, force: true });
  execFileSync(process.execPath, [require.resolve('typescript/bin/tsc'), '-p', 'tsconfig.build.json'], {
    cwd: root,
    stdio: 'inherit',
  });
  copyReport();
  const logger = new DefaultLogger('WARN', ({ level, message }) => process.stderr.write(`${level} ${message}\n`));
  const workflowsPath = path.join(root, 'dist/workflows/index.js');
  const payloadConverterPath = path.join(root, 'dist/workflows/payload-converter.js');
  const { code } = await bundleWorkflowCode({
    workflowsPath,
    payloadConverterPath,
    workflowInterceptorModules: [path.join(root, 'dist/workflows/reserved-names.js')],
    // Our modules keep no state, so all workflows of a worker can share one copy of them.
    preloadModules: [workflowsPath, payloadConverterPath],
    logger,
  });
  fs.writeFileSync(path.join(root, 'dist/workflow-bundle.js'), withoutFolder(code));
  await bundleCaller(root);
}

main().catch((error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
});
