const { spawn } = require('node:child_process');

const REPORT_EVERY_MS = 5_000;

/** Runs one set-up step and says what it does; a step that takes long says so every five seconds. Standard output is `npm pack`'s. */
async function step(title, work) {
  const startedAt = Date.now();
  const seconds = () => ((Date.now() - startedAt) / 1000).toFixed(1);
  process.stderr.write(`• ${title} …\n`);
  const ticker = setInterval(
    () => process.stderr.write(`  still working: ${title}, ${seconds()} s\n`),
    REPORT_EVERY_MS,
  );
  try {
    const result = await work();
    process.stderr.write(`  done in ${seconds()} s\n`);
    return result;
  } finally {
    clearInterval(ticker);
  }
}

/** What installs and builds needs nothing of SOAR's. */
function withoutSecrets(environment) {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !/^SOAR_/i.test(name)));
}

/** Runs a program to its end; rejects with the end of what it printed when it fails or takes longer than `timeoutMs`. */
function run(command, args, { cwd, env, timeoutMs = 600_000 } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...withoutSecrets(process.env), ...env },
      timeout: timeoutMs,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    const keep = (chunk) => (output = (output + chunk).slice(-4_000));
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('error', reject);
    child.on('close', (code, signal) =>
      code === 0
        ? resolve(output)
        : reject(new Error(`${command} ${args[0] ?? ''} ended with ${signal ?? code}:\n${output.trim()}`)),
    );
  });
}

module.exports = { step, run };
