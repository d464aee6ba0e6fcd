// Lets Node run the TypeScript of this repository as it stands: `node -r ./scripts/load-typescript.cjs file.ts`. Checks no types.
const { existsSync } = require('node:fs');
const Module = require('node:module');
const { resolve: resolvePath } = require('node:path');
const { transformFileSync } = require('@swc/core');

const swcOptions = {
  jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
  module: { type: 'commonjs' },
  sourceMaps: 'inline',
};
require.extensions['.ts'] = (module_, file) => module_._compile(transformFileSync(file, swcOptions).code, file);

// Imports name the `.js` that a file will be compiled to.
const resolveModule = Module._resolveFilename;
Module._resolveFilename = function resolveTypeScript(request, parent, ...rest) {
  const path = request.startsWith('.') && request.endsWith('.js') ? request.replace(/\.js$/, '.ts') : request;
  const inPlace = parent && path !== request && existsSync(resolvePath(parent.path, path));
  return resolveModule.call(this, inPlace ? path : request, parent, ...rest);
};
