import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { SOAR_ERROR_CODES } from '../../../src/model/error-codes.js';
import { FAILURE_TYPES } from '../../../src/model/names.js';
import { SEARCH_ATTRIBUTES } from '../../../src/model/search-attributes.js';
import { documents, read, ROOT } from '../../documents/code-blocks.js';

/** What a heading is called in a link, as GitHub makes it. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\w\- ]/g, '')
    .replaceAll(' ', '-');
}

function anchorsOf(file: string): string[] {
  return [...read(file).matchAll(/^#+ (.*)$/gm)].map(([, heading]) => anchorOf(heading ?? ''));
}

function brokenLinks(file: string): string[] {
  const links = [...read(file).matchAll(/\]\((?!https?:)([^)\s]+)\)/g)].map(([, link]) => link ?? '');
  return links.filter((link) => {
    const [target = '', anchor] = link.split('#');
    const linked = target === '' ? file : path.join(path.dirname(file), target);
    if (!existsSync(path.join(ROOT, linked))) return true;
    return anchor !== undefined && linked.endsWith('.md') && !anchorsOf(linked).includes(anchor);
  });
}

function sources(folder: string): string[] {
  return readdirSync(folder, { encoding: 'utf8', recursive: true })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(path.join(folder, name), 'utf8'));
}

describe('the README', () => {
  it('has at most 120 lines', () => {
    expect(read('README.md').trimEnd().split('\n').length).toBeLessThanOrEqual(120);
  });
});

describe.each(documents())('%s', (file) => {
  it('has no link that leads nowhere', () => {
    expect(brokenLinks(file)).toEqual([]);
  });
});

describe('docs/endings.md', () => {
  it.each([...Object.values(FAILURE_TYPES), ...Object.values(SOAR_ERROR_CODES)])('explains %s', (type) => {
    expect(read('docs/endings.md')).toContain(`\`${type}\``);
  });
});

describe('docs/troubleshooting.md', () => {
  const code = sources(path.join(ROOT, 'src')).join('\n');
  const messages = [...read('docs/troubleshooting.md').matchAll(/^\| “(.*?)”/gm)].map(([, message]) => message ?? '');

  it('has messages', () => {
    expect(messages.length).toBeGreaterThan(20);
  });

  it.each(messages)('quotes what is said: %s', (message) => {
    const parts = message.split('…').filter((part) => /\w{3}/.test(part));
    for (const part of parts) expect(code).toContain(part.trim());
  });
});

describe('the lists that docs/operations.md links', () => {
  const rows = [...read('docs/operations.md').matchAll(/\| \[(.*?)\]\((http:\/\/127.*?)\)\s*\| `(.*?)`/g)];
  const known: readonly string[] = [...Object.values(SEARCH_ATTRIBUTES), 'ExecutionStatus', 'WorkflowType'];

  it('are several', () => {
    expect(rows.length).toBeGreaterThan(5);
  });

  it.each(rows.map(([, name = '', link = '', filter = '']) => [name, link, filter]))(
    '%s has the filter that stands beside it, on attributes that there are, and saves the view',
    (name, link, filter) => {
      const { searchParams } = new URL(link);
      expect(Object.fromEntries(searchParams)).toEqual({ query: filter, savedQuery: name });
      const attributes = [...filter.matchAll(/(\w+) ?(?:=|IN|IS)/g)].map(([, attribute]) => attribute);
      expect(attributes).not.toHaveLength(0);
      for (const attribute of attributes) expect(known).toContain(attribute);
    },
  );
});
