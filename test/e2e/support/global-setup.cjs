/** One real Temporal dev server and one workflow bundle for the whole suite. */
const { once } = require('node:events');
const fs = require('node:fs');
const net = require('node:net');
const os = require('node:os');
const path = require('node:path');
const { TestWorkflowEnvironment } = require('@temporalio/testing');
const { bundleWorkflowCode, DefaultLogger, Runtime } = require('@temporalio/worker');

const root = path.join(__dirname, '../../..');

/** A port that is free now: for Temporal's HTTP API. */
async function freePort() {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

module.exports = async function globalSetup() {
  // Jest calls this for each project of a run; they share one server.
  if (globalThis.soarRunnerTest) return;
  const logger = new DefaultLogger('ERROR');
  Runtime.install({ logger });
  const { SEARCH_ATTRIBUTES } = require(path.join(root, 'dist/model/search-attributes.js'));
  const { settingArguments } = require(path.join(root, 'dist/cli/stack/temporal-server.js'));
  const tools = JSON.parse(fs.readFileSync(path.join(root, '.cache/tools.json'), 'utf8'));
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'soar-runner-test-'));
  const workflowsPath = path.join(root, 'src/workflows');
  const payloadConverterPath = path.join(root, 'src/workflows/payload-converter');
  const { code } = await bundleWorkflowCode({
    workflowsPath,
    payloadConverterPath,
    workflowInterceptorModules: [path.join(root, 'src/workflows/reserved-names')],
    // As in scripts/build.cjs.
    preloadModules: [workflowsPath, payloadConverterPath],
    logger,
  });
  fs.writeFileSync(path.join(directory, 'workflow-bundle.js'), code);
  const httpPort = await freePort();
  const server = await TestWorkflowEnvironment.createLocal({
    server: {
      executable: { type: 'existing-path', path: tools.temporal },
      extraArgs: [
        ...['--http-port', String(httpPort)],
        ...Object.values(SEARCH_ATTRIBUTES).flatMap((name) => ['--search-attribute', `${name}=Keyword`]),
        ...settingArguments(),
        // So low that a batch of a few dozen children continues as new.
        ...settingArguments({ 'limit.historyCount.suggestContinueAsNew': 300 }),
        // So low that a test can use them up.
        ...settingArguments({ 'history.maximumSignalsPerExecution': 1_000 }),
      ],
      log: { format: 'pretty', level: 'never' },
    },
  });
  globalThis.soarRunnerTest = { server, directory };
  process.env.SOAR_RUNNER_TEST = JSON.stringify({
    address: server.address,
    httpAddress: `http://127.0.0.1:${httpPort}`,
    directory,
    temporalCli: tools.temporal,
    testServer: tools['temporal-test-server'],
  });
};
