import { LosslessNumber, parse, stringify } from 'lossless-json';
import { z } from 'zod';
import { isDeeperThan, MAX_INPUT_DEPTH } from '../../../model/json.js';

/** A number as it was written, if a number of the language would be written otherwise or be another one. */
export function readNumber(text: string): number | LosslessNumber {
  const number = Number(text);
  return String(number) === text ? number : new LosslessNumber(text);
}

const MAY_BE_CHANGED = /\d[.eE]|\d{16}|-0/;

/** Parses a JSON text; no digit of a number is lost. @throws SyntaxError */
export function parseJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  // The other parser calls itself for each level.
  if (!MAY_BE_CHANGED.test(text) || isDeeperThan(value, MAX_INPUT_DEPTH)) return value;
  return parse(text, undefined, {
    parseNumber: readNumber,
    onDuplicateKey: ({ newValue }: { newValue: unknown }) => newValue,
  });
}

/** A value of {@link parseJson} as JSON. */
export function jsonText(value: unknown): string {
  return stringify(value) ?? 'null';
}

/**
 * Parameters with numbers of the language; `undefined` if one would become another number: rounding would make one item of
 * two ids that differ in the last digit.
 */
export function withPlainNumbers(parameters: Readonly<Record<string, unknown>>): Record<string, unknown> | undefined {
  if (Object.values(parameters).every((value) => typeof value === 'string')) return parameters;
  const plain = parametersSchema.parse(JSON.parse(jsonText(parameters)));
  return hasInexactNumber(plain) ? undefined : plain;
}

const parametersSchema = z.record(z.string(), z.unknown());

function hasInexactNumber(value: unknown): boolean {
  if (typeof value === 'number')
    return !Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value));
  return typeof value === 'object' && value !== null && Object.values(value).some(hasInexactNumber);
}
