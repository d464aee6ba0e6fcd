import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { eventually } from '../e2e/support/phases.js';
import { codeBlocks, documents, ROOT } from './code-blocks.js';
import type { CodeBlock } from './code-blocks.js';
import { Demo } from './demo.js';
import { reasonNotToRun, unusedReasons } from './not-run.js';

const execute = promisify(execFile);
const blocks = documents().flatMap(codeBlocks);
const programs = blocks.filter((block) => reasonNotToRun(block) === undefined);

/** Blocks that serve until they are stopped, and what they say once they do. */
const SERVERS: readonly (readonly [begins: string, says: RegExp])[] = [['npx soar-runner sim', /Embedded SOAR at/]];

/** What a reader waits for before a block: its command, and what that prints then. */
const WAITED_FOR: readonly (readonly [file: string, begins: string, command: string, prints: RegExp])[] = [
  ['docs/approvals.md', 'curl', 'temporal workflow query --workflow-id approve-me --name status', /awaitingApproval/],
];

describe('the code in the README and the documents', () => {
  let demo: Demo;

  beforeAll(async () => {
    demo = new Demo();
    await demo.ready();
  });
  afterAll(() => demo.close());

  it.each(programs.map((block) => [`${block.file}:${block.line}`, titleOf(block), block] as const))(
    '%s runs as written: %s',
    async (_place, _title, { file, language, text }) => {
      for (const [of, begins, command, prints] of WAITED_FOR)
        if (of === file && text.startsWith(begins))
          await eventually(async () => (prints.test((await demo.run('sh', command)).output) ? true : undefined));
      const until = SERVERS.find(([begins]) => text.startsWith(begins))?.[1];
      const { code, output } = await demo.run(language, text, until);
      expect(output).not.toMatch(/"failed": ?true|"outcome":"failed"/);
      expect({ code, output: code === 0 ? '' : output }).toEqual({ code: 0, output: '' });
    },
  );
});

function titleOf({ text }: CodeBlock): string {
  return (text.split('\n')[0] ?? '').slice(0, 60);
}

describe('a sample for Node in the checkout itself', () => {
  it.each(blocks.filter(({ language }) => language === 'js'))('finds the package: $file:$line', async ({ text }) => {
    const imports = text.split('\n').filter((line) => line.startsWith('import'));
    const program = [...imports, 'console.log("found");'].join('\n');
    const { stdout } = await execute(process.execPath, ['--input-type=module', '--eval', program], { cwd: ROOT });
    expect(stdout).toBe('found\n');
  });
});

describe('the list of what is not run', () => {
  it('has no entry that nothing is meant by', () => {
    expect(unusedReasons(blocks)).toEqual([]);
  });

  it('leaves the most', () => {
    expect(programs.length).toBeGreaterThan(15);
  });
});
