import type { CodeBlock } from './code-blocks.js';

/** Languages of blocks that are no program. */
const NO_PROGRAM: Readonly<Record<string, string>> = {
  '': 'a picture, or what a command prints',
  ini: 'a unit of systemd, and not a command',
};

/** Why a block is not run: the beginning of its text, and the reason. Everything else is run as it stands. */
const NOT_RUN: readonly (readonly [file: string, begins: string, reason: string])[] = [
  ['README.md', 'npm install ./soar-runner', 'test/external/installed.test.ts does it, in an empty folder'],
  ['README.md', 'import asyncio', 'needs Python: test/external/python.test.ts runs it'],
  [
    'docs/batches.md',
    'npx soar-runner batch hosts.csv',
    'needs a SOAR with a whois app; wrong-uses.test.ts has the refusal',
  ],
  ['docs/batches.md', '{ request, items?', 'the shape of an input'],
  ['docs/batches.md', '{ "rows"', 'the shape of an answer'],
  ['docs/calling.md', 'soar-runner run', 'names runs of the reader’s own; test/e2e/callers has each command'],
  ['docs/calling.md', 'import { SoarRunner }', 'a part of examples/node/call.mjs, which test/external runs'],
  [
    'docs/your-soar.md',
    'export SOAR_BASE_URL',
    'needs a SOAR of your own; test/e2e/main-job has all of it with one that stands for it',
  ],
  ['docs/service.md', 'useradd', 'makes a user of the system'],
  ['docs/service.md', 'docker build', 'needs an engine for containers'],
  ['docs/service.md', 'echo "POSTGRES_PASSWORD', 'needs an engine for containers; npm test checks the Compose file'],
  [
    'docs/operations.md',
    'temporal workflow update execute',
    'needs a POST whose answer was lost: uncertain.test.ts does each',
  ],
  ['docs/performance.md', 'npm run bench', 'takes an hour'],
];

/** Why a block is not run; `undefined` if it is. */
export function reasonNotToRun({ file, language, text }: CodeBlock): string | undefined {
  const listed = NOT_RUN.find(([of, begins]) => of === file && text.startsWith(begins));
  return listed?.[2] ?? NO_PROGRAM[language];
}

/** Entries of the list that no block of these is meant by. */
export function unusedReasons(blocks: readonly CodeBlock[]): string[] {
  return NOT_RUN.filter(([of, begins]) => !blocks.some(({ file, text }) => file === of && text.startsWith(begins))).map(
    ([file, begins]) => `${file}: ${begins}`,
  );
}
