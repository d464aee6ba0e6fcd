import { existsSync, readFileSync } from 'node:fs';
import Module, { createRequire } from 'node:module';
import path from 'node:path';
import { Script } from 'node:vm';
import type * as commands from './commands.js';

type Commands = typeof commands;

/** What the build has made of the commands and all that they need, with V8's compiled code beside it for the same Node. */
const BUNDLE = path.join(__dirname, '../../caller-bundle.js');

/** The commands of a caller. They are short, and half of the time would go by while some hundred modules are found and compiled. */
export async function loadCommands(): Promise<Commands> {
  if (!existsSync(BUNDLE)) return import('./commands.js');
  const cache = `${BUNDLE}.cache`;
  const cachedData = existsSync(cache) ? { cachedData: readFileSync(cache) } : {};
  const script = new Script(Module.wrap(readFileSync(BUNDLE, 'utf8')), { filename: BUNDLE, ...cachedData });
  const module = { exports: {} };
  const load = script.runInThisContext() as (...scope: readonly unknown[]) => void;
  load(module.exports, createRequire(BUNDLE), module, BUNDLE, path.dirname(BUNDLE));
  return module.exports as Commands;
}
