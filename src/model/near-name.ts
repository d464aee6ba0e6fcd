import { distance } from 'fastest-levenshtein';

/** The known name that differs by case, underscores, a plural or one letter; undefined where there is none. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const plain = (text: string): string =>
    text
      .toLowerCase()
      .replace(/[^a-z0-9]/g, '')
      .replace(/s$/, '');
  return known.find(
    (candidate) => plain(candidate) === plain(name) || (name.length >= 4 && distance(candidate, name) <= 1),
  );
}
