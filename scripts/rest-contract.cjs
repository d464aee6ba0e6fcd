/**
 * Writes `docs/rest-contract.md`: what the reference pages say of every field, and what the client and the embedded server make of it.
 *
 *     npm run docs:contract
 */
require('./load-typescript.cjs');
const fs = require('node:fs');
const path = require('node:path');
const { contractPage } = require('../test/conformance/table/contract-page.ts');

contractPage()
  .then((page) => fs.writeFileSync(path.join(__dirname, '../docs/rest-contract.md'), page))
  .catch((error) => {
    process.stderr.write(`${error.stack}\n`);
    process.exitCode = 1;
  });
