/** One file of the commands that call workers elsewhere and all that they need: read module by module, that takes twice as long. */
const fs = require('node:fs');
const Module = require('node:module');
const path = require('node:path');
const { Script } = require('node:vm');
const swc = require('@swc/core');
const webpack = require('webpack');

function compile(entry, directory, filename) {
  const compiler = webpack({
    mode: 'production',
    target: 'node20',
    entry,
    output: { path: directory, filename, library: { type: 'commonjs2' } },
    // Names stay, because errors are known by them; a dynamic import is in the same file.
    optimization: { minimize: false },
    module: { parser: { javascript: { dynamicImportMode: 'eager' } } },
    resolve: { conditionNames: ['node', 'require'] },
    // Temporal's client can load a payload converter by its path; these commands have none.
    ignoreWarnings: [/the request of a dependency is an expression/],
  });
  return new Promise((resolve, reject) => {
    compiler.run((error, stats) => {
      if (error || stats.hasErrors()) reject(error ?? new Error(stats.toString('errors-only')));
      else resolve(stats.toJson({ all: false, modules: true, nestedModules: true, modulesSpace: Infinity }));
    });
  });
}

/** The folders of the packages that the modules come from. */
function packagesOf({ modules }, root) {
  const names = modules.flatMap(({ name, modules: nested = [] }) => [name, ...nested.map((one) => one.name)]);
  const found = names.map((name) => /node_modules\/(?:@[^/]+\/)?[^/]+/g.exec(name ?? '')?.[0]).filter(Boolean);
  return [...new Set(found)].sort().map((folder) => path.join(root, folder));
}

function licenseOf(folder) {
  const { name, version, license } = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8'));
  const file = fs.readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  const text = file ? fs.readFileSync(path.join(folder, file), 'utf8') : '';
  return `${name} ${version}: ${license}\n\n${text}`;
}

/** What V8 has made of the code by the time it has been loaded: another V8 than this one refuses it and compiles anew. */
function codeCacheOf(file) {
  const script = new Script(Module.wrap(fs.readFileSync(file, 'utf8')), { filename: file });
  const bundle = { exports: {} };
  script.runInThisContext()(bundle.exports, Module.createRequire(file), bundle, file, path.dirname(file));
  return script.createCachedData();
}

/** Makes `dist/caller-bundle.js`, with V8's cache and the licences of what is in it beside. */
async function bundleCaller(root) {
  const dist = path.join(root, 'dist');
  const file = path.join(dist, 'caller-bundle.js');
  const stats = await compile(path.join(dist, 'cli/caller/commands.js'), dist, path.basename(file));
  const { code } = swc.minifySync(fs.readFileSync(file, 'utf8'), { compress: false, mangle: false, module: false });
  fs.writeFileSync(file, code);
  fs.writeFileSync(`${file}.licenses.txt`, packagesOf(stats, root).map(licenseOf).join('\n\n'));
  fs.writeFileSync(`${file}.cache`, codeCacheOf(file));
}

module.exports = { bundleCaller };
