import { SECRET_SETTINGS, settingsSchema } from './settings.js';

interface SettingDoc {
  readonly name: string;
  readonly description: string;
  readonly isRequired: boolean;
  /** Empty if there is none. */
  readonly defaultValue: string;
  readonly isSecret: boolean;
}

function describeSettings(): SettingDoc[] {
  return Object.entries(settingsSchema.shape).map(([name, schema]) => {
    const absent = schema.safeParse(undefined);
    return {
      name,
      description: schema.description ?? '',
      isRequired: !absent.success,
      defaultValue: absent.data === undefined ? '' : String(absent.data),
      isSecret: SECRET_SETTINGS.includes(name),
    };
  });
}

/** The settings as a Markdown table, aligned as Prettier would; the middle of `docs/configuration.md`. */
export function settingsTable(): string {
  const rows = describeSettings().map(({ name, description, isRequired, defaultValue, isSecret }) => [
    `\`${name}\``,
    isRequired ? '**required**' : defaultValue && `\`${defaultValue}\``,
    isSecret ? `${description} Secret.` : description,
  ]);
  return alignedTable([['variable', 'default', 'what it is'], ...rows]);
}

/** The whole of `.env.example`: what must be set stands open, the rest is commented out with its default. */
export function envExample(): string {
  const head = '# The worker’s settings; docs/configuration.md says more. Made by `npm run docs`.';
  const entries = describeSettings().map(({ name, description, isRequired, defaultValue }) => {
    const assignment = `${name}=${defaultValue}`;
    return `# ${description}\n${isRequired ? assignment : `# ${assignment}`}`;
  });
  return `${[head, ...entries].join('\n\n')}\n`;
}

function alignedTable([head = [], ...body]: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) => Math.max(title.length, ...body.map((row) => (row[column] ?? '').length)));
  const rule = widths.map((width) => '-'.repeat(width));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [head, rule, ...body].map(line).join('\n');
}
