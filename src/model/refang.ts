import { isObject } from './json.js';

/** The ways in which people keep an indicator from being clicked. Those of a scheme stand at the beginning alone. */
const DEFANGED: readonly (readonly [RegExp, string])[] = [
  [/(?<!\s)\s*[[({]\s*(?:\.|dot)\s*[\])}]\s*/gi, '.'],
  [/\[\.|\.\]|\(\.|\.\)|\\\./g, '.'],
  [/[\uff0e\u3002\uff61]/g, '.'],
  [/(?<=\w) dot (?=\w)/gi, '.'],
  [/(?<!\s)\s*[[({]\s*(?:@|at)\s*[\])}]\s*/gi, '@'],
  [/[[({]:\/\/[\])}]/g, '://'],
  [/[[({]:[\])}]/g, ':'],
  [/[[({]\/[\])}]/g, '/'],
  [/^h(?:xx|tx|xt|\*\*|__)p(s?):/i, 'http$1:'],
  [/^(https?):\/{0,2}(?=[^/\s])/i, '$1://'],
  [/^(?:fxp|f\*p)(s?):/i, 'ftp$1:'],
];

/** The indicator as it was before somebody kept it from being clicked: `hxxp://a[.]example` is `http://a.example`. */
export function refang(text: string): string {
  return DEFANGED.reduce((refanged, [pattern, plain]) => refanged.replace(pattern, plain), text);
}

/** A value as it is compared: numbers as text, without regard to letter case, to blanks at the ends, and to defanging. */
export function comparable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(comparable);
  if (isObject(value))
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, comparable(inner)]));
  return refang(String(value).trim()).toLowerCase();
}
