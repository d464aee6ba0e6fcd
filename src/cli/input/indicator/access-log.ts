/** Where a web server writes the time, behind the client and the user. */
const TIME_OF_REQUEST = /\s\[\d{1,2}\/[A-Z][a-z]{2}\/\d{4}[: ][^\]]{1,40}\]\s+"/;
const REQUEST = /"[A-Z]{3,16} \S{1,8000} HTTP\/\d/;
/** The end of what stands before the time: values between commas, and the two fields for the user. */
const CLIENT = /([^\s,]+(?:,\s*[^\s,]+)*)(?:\s\S+\s\S+)?$/;
const LONGEST_START = 2_000;
const QUOTED = /"((?:[^"\\]|\\.)*)"/g;
const ADDRESSES = /^[\da-f.:, ]+$/i;
const FORWARDED_FOR = /(?:x[-_]forwarded[-_]for|xff)["'\s]*[:=]["'\s]*([\da-f.:, ]+)/i;

/** The part of an access log's line that says who asked. */
export interface Asking {
  readonly text: string;
  /** True if its first value alone is meant: load balancers write the client before the server that they chose. */
  readonly isFirstMeant: boolean;
}

/**
 * Who asked, of a line of an access log: the client, and those for whom a proxy asked. Its other addresses are the server's own,
 * or are what the client wrote. `undefined` for a line that is none.
 */
export function whoAsked(line: string): Asking | undefined {
  const time = TIME_OF_REQUEST.exec(line);
  if (time) return askingIn(startOf(line, time.index), line.slice(time.index));
  const request = REQUEST.exec(line);
  return request ? { text: startOf(line, request.index), isFirstMeant: true } : undefined;
}

function startOf(line: string, end: number): string {
  return line.slice(Math.max(0, end - LONGEST_START), end);
}

function askingIn(start: string, rest: string): Asking {
  const [, client = ''] = CLIENT.exec(start) ?? [];
  if (!/[.:]/.test(client)) return { text: start, isFirstMeant: true };
  return { text: `${client} ${forwardedIn(rest)}`, isFirstMeant: false };
}

/** Behind the request, the site that the client came from, and its program. */
function forwardedIn(rest: string): string {
  const [, , , inPlace = ''] = Array.from(rest.matchAll(QUOTED), ([, value = '']) => value);
  const [, named = ''] = FORWARDED_FOR.exec(rest) ?? [];
  return ADDRESSES.test(inPlace) ? `${inPlace} ${named}` : named;
}
