import { readFileSync } from 'node:fs';
import path from 'node:path';
import { schemas } from '../../../src/contracts/schemas.js';
import type { SchemaName } from '../../../src/contracts/schemas.js';

const EXAMPLES = path.join(__dirname, '../../../examples');

/** A field as a language has it, and as the schema does: its kinds of JSON without null, sorted, and whether it may be absent. */
interface Field {
  readonly kinds: string;
  readonly optional?: boolean;
}
type Fields = Readonly<Record<string, Field>>;

interface Language {
  readonly file: string;
  /** What stands between the braces of a type. */
  body(name: string): RegExp;
  readonly field: RegExp;
  /** Kinds by the first word of a type. */
  readonly kinds: Readonly<Record<string, string>>;
  /** Where a type says whether a field may be absent. */
  isOptional?(type: string, body: string): boolean;
  bare(type: string): string;
}

const LANGUAGES = {
  Python: {
    file: 'python/soar_runner_types.py',
    body: (name) => new RegExp(`class ${name}\\((.*?)(\\n\\n|$)`, 's'),
    field: /^ {4}(?<name>\w+): (?<type>.+)$/gm,
    kinds: { str: 'string', int: 'integer', float: 'number', bool: 'boolean', list: 'array', Any: 'any', None: '' },
    isOptional: (type, body) => type.startsWith('NotRequired') || body.includes('total=False'),
    bare: (type) => type.replace(/^NotRequired\[(.*)\]$/, '$1').replace(/\[.*\]/, ''),
  },
  Go: {
    file: 'go/types.go',
    body: (name) => new RegExp(`type ${name} struct \\{(.*?)\\n\\}`, 's'),
    field: /^\t\w+ +(?<type>\S+) +`json:"(?<name>\w+)/gm,
    kinds: { string: 'string', int: 'integer', float64: 'number', bool: 'boolean', '[]': 'array', any: 'any' },
    bare: (type) => type.replace(/^\*/, '').replace(/^\[\].*/, '[]'),
  },
  Java: {
    file: 'java/Call.java',
    body: (name) => new RegExp(`record ${name}\\((.*?)\\) \\{\\}`, 's'),
    field: /(?<type>[A-Z][\w<>]*) (?<name>\w+)(?:,|$)/gm,
    kinds: { String: 'string', Integer: 'integer', Double: 'number', Boolean: 'boolean', List: 'array', Object: 'any' },
    bare: (type) => type.replace(/<.*/, ''),
  },
} as const satisfies Readonly<Record<string, Language>>;

function fieldsIn(text: string, name: string, language: Language): Fields {
  const body = language.body(name).exec(text)?.[1] ?? '';
  const fields = [...body.matchAll(language.field)].map(({ groups = {} }): [string, Field] => {
    const { name: field = '', type = '' } = groups;
    const words = language.bare(type).split(' | ');
    const kinds = words.map((word) => language.kinds[word] ?? 'object').filter((kind) => kind !== '');
    const optional = language.isOptional?.(type, body);
    return [field, { kinds: kinds.sort().join(), ...(optional === undefined ? {} : { optional }) }];
  });
  return Object.fromEntries(fields);
}

interface Schema {
  readonly type?: string | readonly string[];
  readonly anyOf?: readonly Schema[];
}

function kindsOf({ type, anyOf = [] }: Schema): string[] {
  const kinds = [...[type ?? []].flat(), ...anyOf.flatMap(kindsOf)];
  return [...new Set(kinds)].filter((kind) => kind !== 'null').sort();
}

/** What the schema says of the same fields, in the language's words: several kinds are `any` where it has no word for them. */
function fieldsOf(name: SchemaName, language: Language): Fields {
  const { properties, required = [] } = schemas[name] as { properties: Record<string, Schema>; required?: string[] };
  const hasUnions = language.isOptional !== undefined;
  const fields = Object.entries(properties).map(([field, schema]): [string, Field] => {
    const kinds = kindsOf(schema);
    const said = kinds.length > 1 && !hasUnions ? 'any' : kinds.join();
    return [field, { kinds: said, ...(hasUnions ? { optional: !required.includes(field) } : {}) }];
  });
  return Object.fromEntries(fields);
}

const TYPES = [
  ['Python', 'RunActionRequest'],
  ['Python', 'RunActionOptions'],
  ['Python', 'RunActionResult'],
  ['Python', 'EnrichBatchInput'],
  ['Python', 'RowsPage'],
  ['Go', 'RunActionRequest'],
  ['Go', 'RunActionOptions'],
  ['Go', 'RunActionResult'],
  ['Go', 'ReadRowsInput'],
  ['Go', 'RowsPage'],
  ['Java', 'RunActionRequest'],
  ['Java', 'RunActionOptions'],
] as const;

describe('the types for other languages', () => {
  it.each(TYPES)('have in %s the fields and kinds that the schema of %s has', (name, type) => {
    const language: Language = LANGUAGES[name];
    const text = readFileSync(path.join(EXAMPLES, language.file), 'utf8');
    const schema = `${type.charAt(0).toLowerCase()}${type.slice(1)}` as SchemaName;
    expect(fieldsIn(text, type, language)).toEqual(fieldsOf(schema, language));
  });

  it('are told from types with another kind, a missing field, or one that may not be absent', () => {
    const text = readFileSync(path.join(EXAMPLES, LANGUAGES.Python.file), 'utf8');
    const right = fieldsOf('runActionRequest', LANGUAGES.Python);
    for (const [before, after] of [
      ['name: str', 'name: int'],
      ['    name: str\n', ''],
      ['type: NotRequired[str | None]', 'type: str'],
    ] as const) {
      expect(fieldsIn(text.replace(before, after), 'RunActionRequest', LANGUAGES.Python)).not.toEqual(right);
    }
  });
});
