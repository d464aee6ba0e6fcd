import path from 'node:path';
import { UserError } from '../errors.js';

/** What an input can be written in. */
export const INPUT_FORMATS = ['csv', 'tsv', 'jsonl', 'list'] as const;
export type InputFormat = (typeof INPUT_FORMATS)[number];

const BY_EXTENSION: Readonly<Record<string, InputFormat>> = {
  '.csv': 'csv',
  '.tsv': 'tsv',
  '.tab': 'tsv',
  '.jsonl': 'jsonl',
  '.ndjson': 'jsonl',
  '.txt': 'list',
  '.list': 'list',
};

/** The format of a file by its name. @throws UserError where the name does not tell */
export function formatOf(file: string): InputFormat {
  const format = BY_EXTENSION[path.extname(file).toLowerCase()];
  if (format) return format;
  throw new UserError(`The name of ${file} does not tell its format: say --format ${INPUT_FORMATS.join('|')}.`, 2);
}
