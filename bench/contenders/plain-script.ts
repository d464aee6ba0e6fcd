import type { Contender } from './contender.js';

/** No engine and nothing kept: what the calls themselves cost. */
export const plainScript: Contender = {
  name: 'plain-script',
  description: 'a script in one process, an action_run a row; a crash loses what is under way',
  scenarios: ['packable', 'unpackable'],
  setUp: (stage) => stage.program('client', { file: 'contenders/programs/plain-script.ts' }),
};

/** The same with the packing that ours does. */
export const plainScriptPacked: Contender = {
  name: 'plain-script-packed',
  description: 'the same script with ours’ packing: no duplicates, 100 rows an action_run, ten at a time',
  scenarios: ['packable'],
  packs: true,
  setUp: (stage) => stage.program('client', { file: 'contenders/programs/plain-script-packed.ts' }),
};
