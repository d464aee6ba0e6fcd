import { schemas } from '../../contracts/schemas.js';
import type { JsonSchema } from '../../contracts/schemas.js';
import { nearest } from '../../model/text.js';
import { UserError } from '../errors.js';

/** Writes one schema, or all of them. @throws UserError if there is none of that name */
export function schema(name: string | undefined): void {
  const all: Readonly<Record<string, JsonSchema>> = schemas;
  const names = Object.keys(all);
  if (name !== undefined && !Object.hasOwn(all, name)) {
    const meant = nearest(name, names);
    throw new UserError(
      `There is no schema ${name}. ${meant ? `Did you mean ${meant}?` : `There are: ${names.join(', ')}.`}`,
      2,
    );
  }
  process.stdout.write(`${JSON.stringify(name === undefined ? all : all[name], null, 2)}\n`);
}
