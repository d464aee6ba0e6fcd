import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

export const ROOT = path.join(__dirname, '../..');

/** A block of code in a document. */
export interface CodeBlock {
  readonly file: string;
  readonly line: number;
  /** What stands behind the fence; `sh` for a block that is set in. */
  readonly language: string;
  readonly text: string;
}

/** The documents in the order in which they are read: the README, then as it links them. */
export function documents(): string[] {
  const readme = read('README.md');
  const linked = [...readme.matchAll(/\]\((docs\/[\w-]+\.md)/g)].map(([, file]) => file ?? '');
  const all = readdirSync(path.join(ROOT, 'docs')).filter((name) => name.endsWith('.md'));
  return [...new Set(['README.md', ...linked, ...all.map((name) => `docs/${name}`)])];
}

export function read(file: string): string {
  return readFileSync(path.join(ROOT, file), 'utf8');
}

/** All blocks of code of a document, fenced or set in. */
export function codeBlocks(file: string): CodeBlock[] {
  const fenced = [...read(file).matchAll(/^```(\w*)\n([^]*?)\n```$/gm)].map((match) =>
    blockAt(file, match, match[1] ?? '', match[2] ?? ''),
  );
  const setIn = [...read(file).matchAll(/^\n((?: {4}.*\n)+)/gm)].map((match) =>
    blockAt(file, match, 'sh', (match[1] ?? '').replace(/^ {4}/gm, '').trimEnd()),
  );
  // What is set in within a fence is part of that.
  const ownLines = setIn.filter(({ text }) => !fenced.some((fence) => fence.text.includes(text.split('\n')[0] ?? '')));
  return [...fenced, ...ownLines].sort((a, b) => a.line - b.line);
}

function blockAt(file: string, match: RegExpExecArray, language: string, text: string): CodeBlock {
  const line = match.input.slice(0, match.index).split('\n').length + 1;
  return { file, line, language, text };
}
