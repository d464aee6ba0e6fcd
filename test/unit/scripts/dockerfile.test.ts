import { readFileSync } from 'node:fs';
import path from 'node:path';

const ROOT = path.join(__dirname, '../../..');
const read = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8');

/** A script and those that it loads from beside it. */
function withLoaded(script: string): string[] {
  const loaded = [...read(script).matchAll(/require\('\.\/([\w-]+\.cjs)'\)/g)].map(([, name]) => `scripts/${name}`);
  return [script, ...loaded.flatMap(withLoaded)];
}

describe('the image', () => {
  it('is built with every script that the build loads', () => {
    const copied = [...read('Dockerfile').matchAll(/^COPY (.*) \S+$/gm)].flatMap(([, files = '']) => files.split(' '));
    expect(withLoaded('scripts/build.cjs').filter((script) => !copied.includes(script))).toEqual([]);
  });

  it('gets to see all of them', () => {
    const allowed = read('.dockerignore').split('\n');
    expect(withLoaded('scripts/build.cjs').filter((script) => !allowed.includes(`!${script}`))).toEqual([]);
  });
});
