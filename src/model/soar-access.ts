/** What leads to a SOAR: its address and the token. */

/** True for what a token of SOAR's can be: visible ASCII, so that it can stand in a header as it is. */
export function isToken(text: string): boolean {
  return /^[\x21-\x7e]+$/.test(text);
}

// A name's last dot, the addresses that mean all of this machine, and IPv4 written as IPv6 lead nowhere else.
const LOOPBACK =
  /^(127(\.\d{1,3}){3}|0\.0\.0\.0|\[::1?\]|\[::ffff:(7f[0-9a-f]{2}:[0-9a-f]{1,4}|0:0)\]|(.*\.)?localhost\.?)$/i;

/** True for an origin on this machine, whatever the network is. */
export function isLoopback(origin: string): boolean {
  return URL.canParse(origin) && LOOPBACK.test(new URL(origin).hostname);
}

/** What is wrong with an address of SOAR, and what would be right, without the address itself; undefined if nothing is. */
export function soarUrlProblem(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) return 'must be an address such as https://soar.example.com';
  if (url.username !== '' || url.password !== '')
    return 'must not carry a user or a password; use SOAR_USERNAME and SOAR_PASSWORD';
  // Also empty ones, which `URL` does not tell: what stands behind them would never be asked for.
  if (/[?#]/.test(text)) return 'must have no ? and no # in it: leave them out, and all that comes after them';
  return /\/rest\/*$/.test(url.pathname) ? 'must be the address of SOAR without /rest' : undefined;
}
