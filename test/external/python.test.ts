import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { codeBlocks } from '../documents/code-blocks.js';
import { Demo } from '../documents/demo.js';
import { output } from './output.js';

const execute = promisify(execFile);

/** The samples in Python against the demo: needs Python 3, PyPI with pip, and port 7233, which the samples name. */
describe('the code in Python in the README', () => {
  let demo: Demo;

  beforeAll(async () => {
    demo = new Demo();
    await demo.ready();
    await execute('python3', ['-m', 'venv', demo.at('venv')]);
    await execute(demo.at('venv/bin/pip'), ['install', '--quiet', 'temporalio']);
  });
  afterAll(() => demo.close());

  it('runs as written', async () => {
    expect(demo.temporalAddress()).toBe('127.0.0.1:7233');
    const samples = codeBlocks('README.md').filter(({ language }) => language === 'python');
    expect(samples).toHaveLength(1);
    for (const { text } of samples) {
      writeFileSync(demo.at('sample.py'), text);
      const stdout = await output(demo.at('venv/bin/python'), ['sample.py'], { cwd: demo.folder });
      expect(stdout).toMatch(/^success Country: \w+/);
    }
  });
});
