/** The demo of `npm start` in a folder of its own, with a run of each sort to look at. */
const { execFileSync, spawn } = require('node:child_process');
const { once } = require('node:events');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { setTimeout: delay } = require('node:timers/promises');

const root = path.join(__dirname, '../..');
const { temporal } = JSON.parse(fs.readFileSync(path.join(root, '.cache/tools.json'), 'utf8'));

const geolocate = (container, ip) => ({
  action: 'geolocate ip',
  container_id: container,
  name: 'where is it',
  targets: [{ app_id: 1, assets: ['maxmind'], parameters: [{ ip }] }],
});
const block = (asset, parameters) => ({
  action: 'simulate',
  container_id: 1,
  name: 'block the address',
  type: 'contain',
  targets: [{ app_id: 2, assets: [asset], parameters: [parameters] }],
});

/** What each run is for is its id; the phase or outcome that it is waited for stands behind. */
const RUNS = [
  ['incident-42/geolocate', geolocate(1, '103.230.84.239'), 'success'],
  ['incident-43/block', block('lab', { outcome: 'failed', message: 'The firewall fw-2 did not answer.' }), 'failed'],
  ['incident-44/block', block('lab-approval', {}), 'awaitingApproval'],
  ['incident-45/geolocate', geolocate('seven', '1.1.1.1'), 'failed'],
  ['incident-46/block', block('lab', { seconds: 3_600 }), 'awaitingActionRun'],
  ['incident-47/block', block('lab', { seconds: 3_600 }), 'awaitingActionRun'],
];

/** Starts it and waits until everything is there. `close()` ends it and removes its folder. */
async function startDemo() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'soar-runner-screenshots-'));
  fs.writeFileSync(path.join(folder, 'terminal.cjs'), 'process.stdout.isTTY = true;\n');
  fs.copyFileSync(path.join(root, 'examples/indicators.csv'), path.join(folder, 'indicators.csv'));
  const main = path.join(root, 'dist/cli/main.js');
  const start = ['--require', './terminal.cjs', main, 'start', '--input', 'indicators.csv'];
  const child = spawn(process.execPath, start, { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  await new Promise((resolve, reject) => {
    let said = '';
    child.stdout.on('data', (chunk) => (said += chunk).includes('Everything stays up') && resolve());
    void ended.then(() => reject(new Error(said)));
  });
  const { address, uiUrl } = JSON.parse(fs.readFileSync(path.join(folder, '.soar-runner/temporal.json'), 'utf8'));
  const call = (...args) => execFileSync(temporal, [...args, '--address', address, '-o', 'json'], { encoding: 'utf8' });
  await startRuns(call);
  const list = JSON.parse(call('workflow', 'list', '--query', 'WorkflowType="enrichBatch"'));
  return {
    uiUrl,
    batchId: list[0].execution.workflowId,
    report: path.join(folder, 'results.html'),
    close: async () => {
      child.kill();
      await ended;
      fs.rmSync(folder, { recursive: true });
    },
  };
}

async function startRuns(call) {
  const workflow = ['--type', 'runAction', '--task-queue', 'soar-runner'];
  for (const [id, request] of RUNS)
    call('workflow', 'start', ...workflow, '--workflow-id', id, '--input', JSON.stringify(request));
  for (const [id, , awaited] of RUNS) await until(call, id, awaited);
  call('workflow', 'signal', '--workflow-id', 'incident-47/block', '--name', 'cancel', '--input', '"false alarm"');
  await until(call, 'incident-47/block', 'cancelled');
}

async function until(call, id, awaited) {
  for (;;) {
    const answer = call('workflow', 'query', '--workflow-id', id, '--name', 'status');
    if (answer.includes(`"${awaited}"`)) return;
    await delay(200);
  }
}

module.exports = { startDemo };
