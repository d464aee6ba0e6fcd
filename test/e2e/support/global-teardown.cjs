const fs = require('node:fs');

module.exports = async function globalTeardown() {
  const { server, directory } = globalThis.soarRunnerTest;
  await server.teardown();
  fs.rmSync(directory, { recursive: true, force: true });
};
