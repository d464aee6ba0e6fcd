import { isIP, isIPv4, isIPv6 } from 'node:net';
import { domainToASCII } from 'node:url';
import ipaddr from 'ipaddr.js';
import { parse } from 'tldts';

/** What a value can be, by the names that SOAR has for what a parameter contains. */
export type IndicatorKind =
  'ip' | 'domain' | 'url' | 'hash' | 'md5' | 'sha1' | 'sha256' | 'sha512' | 'email' | 'host name';

/** SOAR's names in an app's `contains`. Of any other name nobody can say what fits it. */
const BY_CONTAINS: ReadonlyMap<string, IndicatorKind> = new Map([
  ['ip', 'ip'],
  ['ipv4', 'ip'],
  ['ipv6', 'ip'],
  ['domain', 'domain'],
  ['url', 'url'],
  ['hash', 'hash'],
  ['file hash', 'hash'],
  ['md5', 'md5'],
  ['sha1', 'sha1'],
  ['sha256', 'sha256'],
  ['sha512', 'sha512'],
  ['email', 'email'],
  ['host name', 'host name'],
  ['hostname', 'host name'],
]);

/** Parameters whose name says it, if SOAR says nothing. */
const BY_PARAMETER: ReadonlyMap<string, IndicatorKind> = new Map([
  ['ip', 'ip'],
  ['domain', 'domain'],
  ['url', 'url'],
  ['hash', 'hash'],
  ['email', 'email'],
]);

/**
 * The kinds that a parameter takes; none if anything may fit it.
 *
 * @param contains what SOAR's `app_action` says of the parameter, unchecked
 */
export function kindsOf(parameter: string, contains: unknown): IndicatorKind[] {
  const names = Array.isArray(contains) ? contains.filter((name): name is string => typeof name === 'string') : [];
  if (names.length === 0) return [BY_PARAMETER.get(parameter.toLowerCase()) ?? []].flat();
  const kinds = names.map((name) => BY_CONTAINS.get(name.trim().toLowerCase()));
  return kinds.every((kind) => kind !== undefined) ? [...new Set(kinds)] : [];
}

/** The one spelling of a value of this kind; `undefined` for what cannot be one. */
export function readAs(kind: IndicatorKind, text: string): string | undefined {
  return READERS[kind](text);
}

const READERS: Readonly<Record<IndicatorKind, (text: string) => string | undefined>> = {
  ip: readIp,
  domain: readDomain,
  url: readUrl,
  hash: (text) => readHash(text, 32, 40, 56, 64, 96, 128),
  md5: (text) => readHash(text, 32),
  sha1: (text) => readHash(text, 40),
  sha256: (text) => readHash(text, 64),
  sha512: (text) => readHash(text, 128),
  email: readEmail,
  'host name': readHostName,
};

/** An IPv4 inside an IPv6 is that IPv4; any other IPv6 is spelled as RFC 5952 has it. */
function readIp(text: string): string | undefined {
  if (isIPv4(text)) return text;
  if (!isIPv6(text) || text.includes('%')) return undefined;
  const address = ipaddr.process(text);
  if (!(address instanceof ipaddr.IPv6)) return address.toString();
  return isAllocated(address) ? address.toRFC5952String() : undefined;
}

/** Of all others no host has an address. Names and times between colons are mostly among them, as `a::b` and `12:34::`. */
const ALLOCATED = ['2000::/3', 'fc00::/7', 'fe80::/10', 'ff00::/8', '::1/128', '64:ff9b::/96', '64:ff9b:1::/48'].map(
  (range) => ipaddr.IPv6.parseCIDR(range),
);

function isAllocated(address: ipaddr.IPv6): boolean {
  return ALLOCATED.some((range) => address.match(range));
}

const HOST_NAME =
  /^(?=.{1,253}$)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/;

function readHostName(text: string): string | undefined {
  const lower = text.toLowerCase();
  // eslint's own rule is about control characters: these are the letters beyond ASCII.
  const ascii = /[^\0-\x7f]/.test(lower) ? domainToASCII(lower) : lower;
  const isNumber = /(?:^|\.)\d+$/.test(ascii);
  return HOST_NAME.test(ascii) && !isNumber ? ascii : undefined;
}

/** Top-level domains that no registry has, and networks of their own do (RFC 2606, 6761, 6762, 8375, and habit). */
const PRIVATE_TLDS: ReadonlySet<string> = new Set(
  'local localdomain lan home corp internal intranet private test example invalid onion arpa i2p bit'.split(' '),
);

function readDomain(text: string): string | undefined {
  const name = readHostName(text);
  if (name === undefined || !name.includes('.')) return undefined;
  const { isIcann, isPrivate, publicSuffix } = parse(name);
  const isKnown = isIcann === true || isPrivate === true || PRIVATE_TLDS.has(publicSuffix ?? '');
  return isKnown ? name : undefined;
}

const WITH_SCHEME = /^([a-z][a-z0-9+.-]*:\/\/(?:[^/?#\s@]*@)?)(\[[^\]\s]+\]|[^/?#\s:[\]]+)(?=[:/?#]|$)(\S*)$/i;
/** It looks like a scheme, and is http once it is refanged. */
const DEFANGED_SCHEME = /^h(?:xx|tx|xt)ps?:/i;
const WITHOUT_SCHEME = /^([^/?#\s:[\]]+)((?::\d{1,5})?)((?:[/?#]\S*)?)$/;

/** The scheme and the host have no case; the rest keeps its own. */
function readUrl(text: string): string | undefined {
  if (DEFANGED_SCHEME.test(text)) return undefined;
  const match = WITH_SCHEME.exec(text);
  if (!match) return readUrlWithoutScheme(text);
  const [, scheme = '', host = '', rest = ''] = match;
  return URL.canParse(text) ? `${lowerScheme(scheme)}${host.toLowerCase()}${rest}` : undefined;
}

/** It must name a host that can be one. */
function readUrlWithoutScheme(text: string): string | undefined {
  const [, host = '', port = '', path = ''] = WITHOUT_SCHEME.exec(text) ?? [];
  const isHost = readDomain(host) !== undefined || (readIp(host) !== undefined && path !== '');
  return isHost ? `${host.toLowerCase()}${port}${path}` : undefined;
}

/** The user name behind it has a case. */
function lowerScheme(text: string): string {
  return text.replace(/^[^:]*/, (scheme) => scheme.toLowerCase());
}

function readHash(text: string, ...digits: readonly number[]): string | undefined {
  // Programs write one digit throughout if there is no hash.
  const isHash = digits.includes(text.length) && /^[0-9a-f]+$/i.test(text) && !/^(.)\1*$/i.test(text);
  return isHash ? text.toLowerCase() : undefined;
}

/** The part before the @ can have a case. */
function readEmail(text: string): string | undefined {
  const [, local = '', host = ''] = /^([^\s@<>()[\]",;:]{1,64})@([^\s@]+)$/.exec(text) ?? [];
  const domain = readDomain(host);
  return local !== '' && domain !== undefined ? `${local}@${domain}` : undefined;
}

/** Looked for in this order: the first that fits is what a value is called. */
const NAMED: readonly (readonly [kind: IndicatorKind, name: string])[] = [
  ['ip', 'an ip'],
  ['hash', 'a hash'],
  ['email', 'an email'],
  ['domain', 'a domain'],
  ['url', 'a url'],
];

/** What a value is, in words; `undefined` for what is nothing known. */
export function nameOfValue(text: string): string | undefined {
  if (isNetwork(text)) return 'a network';
  if (/^[\d.:a-f]+\s*-\s*[\d.:a-f]+$/i.test(text) && text.split('-').every((end) => readIp(end.trim())))
    return 'a range of addresses';
  return NAMED.find(([kind]) => readAs(kind, text) !== undefined)?.[1];
}

function isNetwork(text: string): boolean {
  const [, address = '', mask = ''] = /^([^/]+)\/([\d.]{1,15})$/.exec(text) ?? [];
  if (isIP(address) === 0) return false;
  return ipaddr.isValidCIDR(text) || (isIPv4(address) && mask.includes('.') && bitsOfMask(mask) !== undefined);
}

/** True for the first address of a network with a prefix of so many bits. */
export function isFirstOfNetwork(address: string, bits: string): boolean {
  if (!ipaddr.isValidCIDR(`${address}/${bits}`)) return false;
  const of = isIPv4(address) ? ipaddr.IPv4 : ipaddr.IPv6;
  return of.networkAddressFromCIDR(`${address}/${bits}`).toString() === ipaddr.parse(address).toString();
}

/** The bits of a netmask, or of one that is the other way round, as firewalls have it. */
export function bitsOfMask(quad: string): number | undefined {
  if (!isIPv4(quad)) return undefined;
  if (quad === '0.0.0.0') return 32;
  const mask = ipaddr.IPv4.parse(quad);
  const inverse = new ipaddr.IPv4(mask.octets.map((octet) => 255 - octet));
  return mask.prefixLengthFromSubnetMask() ?? inverse.prefixLengthFromSubnetMask() ?? undefined;
}
