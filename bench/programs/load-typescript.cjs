/**
 * As scripts/load-typescript.cjs, for processes whose memory is measured: a compiled file is kept, and the compiler never enters the
 * process. Run by itself it is the compiler: `node load-typescript.cjs FROM TO`.
 */
const { execFileSync } = require('node:child_process');
const { createHash } = require('node:crypto');
const { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } = require('node:fs');
const Module = require('node:module');
const path = require('node:path');

const CACHE = path.join(__dirname, '../../.cache/bench-compiled');
const SWC_OPTIONS = {
  jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
  module: { type: 'commonjs' },
  sourceMaps: 'inline',
};

function compile(from, to) {
  const { transformFileSync } = require('@swc/core');
  writeFileSync(`${to}.new`, transformFileSync(from, SWC_OPTIONS).code);
  renameSync(`${to}.new`, to);
}

function compiled(file) {
  const name = createHash('sha256').update(file).update(readFileSync(file)).digest('hex');
  const kept = path.join(CACHE, `${name}.js`);
  if (!existsSync(kept)) {
    mkdirSync(CACHE, { recursive: true });
    execFileSync(process.execPath, [module.filename, file, kept]);
  }
  return readFileSync(kept, 'utf8');
}

function install() {
  require.extensions['.ts'] = (module_, file) => module_._compile(compiled(file), file);
  // Imports name the `.js` that a file will be compiled to.
  const resolve = Module._resolveFilename;
  Module._resolveFilename = function resolveTypeScript(request, parent, ...rest) {
    const source = request.startsWith('.') && request.endsWith('.js') ? request.replace(/\.js$/, '.ts') : request;
    const inPlace = parent && source !== request && existsSync(path.resolve(parent.path, source));
    return resolve.call(this, inPlace ? source : request, parent, ...rest);
  };
}

if (require.main === module) compile(process.argv[2], process.argv[3]);
else install();
