// A process that is nothing but the embedded SOAR, for tests that kill it: `node sim-process.cjs <token> [<data file>]` prints its port.
require('../../../../scripts/load-typescript.cjs');
const { startSoarSim } = require('../../../../src/sim/index.ts');

const [, , token, dataFile] = process.argv;
startSoarSim({ token, ...(dataFile && { dataFile }) }).then(({ port }) => console.log(port));
