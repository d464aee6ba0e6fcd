// A process that is nothing but the embedded SOAR, for tests that kill it: `node sim-process.cjs <token> [<data file>]` prints its port.
const { existsSync } = require('node:fs');
const Module = require('node:module');
const { resolve: resolvePath } = require('node:path');
const { transformFileSync } = require('@swc/core');

const swcOptions = { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } };
require.extensions['.ts'] = (module_, file) => module_._compile(transformFileSync(file, swcOptions).code, file);

const resolveModule = Module._resolveFilename;
Module._resolveFilename = function resolveTypeScript(request, parent, ...rest) {
  const path = request.startsWith('.') && request.endsWith('.js') ? request.replace(/\.js$/, '.ts') : request;
  const inPlace = parent && path !== request && existsSync(resolvePath(parent.path, path));
  return resolveModule.call(this, inPlace ? path : request, parent, ...rest);
};

const { startSoarSim } = require('../../../../src/sim/index.ts');
const [, , token, dataFile] = process.argv;
startSoarSim({ token, ...(dataFile && { dataFile }) }).then(({ port }) => console.log(port));
