/**
 * Characters that control what shows a text, or that nobody sees: C0 but tab and line ends, C1, marks of the reading direction
 * and of line ends, tags, and invisible ones. Those that join letters and emoji stay.
 */
const CONTROLS =
  /(?![\t\n\r])\p{Cc}|[\p{Zl}\p{Zp}]|(?!\u200c|\u200d|\p{L}|\p{Script=Arabic}|\p{Script=Syriac})\p{Cf}/gu;

/** The text with such characters as `\u200b`. In JSON they mean the same. */
export function withoutControls(text: string): string {
  return text.replace(CONTROLS, escaped);
}

function escaped(character: string): string {
  const units = Array.from({ length: character.length }, (_, index) => character.charCodeAt(index));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
}

/**
 * What spreadsheets take for the beginning of a formula, behind what they drop. One that splits at other marks than we do, as
 * `;`, finds the beginning of a cell inside ours. A negative number is no formula.
 */
const FORMULA = /(^|[;\t\r\n])([\s\p{Cf}\p{Cc}"]*)([=+@\uff1d\uff0b\uff0d\uff20]|-(?!\d+(?:\.\d+)?(?:$|[;\t\r\n])))/gu;

/** The text as no spreadsheet runs it. */
export function withoutFormula(text: string): string {
  return text.replace(FORMULA, (_match, start: string, dropped: string, sign: string) => `${start}'${dropped}${sign}`);
}
