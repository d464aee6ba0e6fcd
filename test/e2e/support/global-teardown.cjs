const fs = require('node:fs');

module.exports = async function globalTeardown() {
  if (!globalThis.soarRunnerTest) return;
  const { server, directory } = globalThis.soarRunnerTest;
  globalThis.soarRunnerTest = undefined;
  await server.teardown();
  fs.rmSync(directory, { recursive: true, force: true });
};
