import { bitsOfMask } from './kinds.js';
import type { IndicatorKind } from './kinds.js';

/** What stands before a value in a text, and behind it. */
export interface Context {
  readonly before: string;
  readonly behind: string;
}

const MARKS = String.raw`[\s:="'([#]*$`;
const VERSIONS: readonly RegExp[] = [
  new RegExp(
    String.raw`(?:(?:version|build|release|revision|firmware|kernel)s?|(?<![a-z])(?:ver|vers|v|rev|patch|oid)\.?)(?:["'\s]+(?:number|no\.?|is|was))?${MARKS}`,
    'i',
  ),
  new RegExp(`[a-z](?:Ver|Rev)${MARKS}`),
  /(?:up|down)grad\w*\s+(?:from|to)\s*$/i,
];
const FURTHER = /\d\s*(?:to|and|or|->|–|-|,|&)\s*$/;
const PRODUCT =
  /(?<![\w.-])(?:postfix|sendmail|exim|dovecot|apache|httpd|tomcat|jetty|nginx|iis|openssh|openssl|php|python|perl|ruby|java|jre|jdk|chrome|chromium|firefox|edge|safari|opera|windows|nt|linux|android|ios|macos|fortios|pan-os|junos|mysql|mariadb|postgresql|mongodb|squid|haproxy|samba|office|outlook|exchange|defender|clamav|splunk|zeek|suricata|snort|sysmon)\s+\(?$/i;
/** The name of a product and a slash, which a path has, too. */
const NAME_AND_SLASH = /[a-z][\w.+-]*\\?\/$/i;
/** Squid's words for where it had an answer from. */
const SQUID = /(?<!\w)(?:[A-Z]+_)*(?:DIRECT|NONE|PARENT|SIBLING|DST|HIT|MISS|PINNED)\/$/;
const PORT_BEHIND = /^(?:\(\d{1,5}\)|:\d{1,5}(?![\w.]))/;
const NAME = /(?<![\w.-])([A-Z][a-z]+(?:[A-Z][a-z]*)*)\s+$/;
/** Words with a capital letter that stand before addresses. */
const BEFORE_ADDRESSES: ReadonlySet<string> = new Set(
  (
    'a about accept across address addr addresses after against allow also an and are around as at attack attacker ban before ' +
    'between block bot both but by caller client clients computer connect connection connections dest destination destinations ' +
    'deny device disconnect dns domain drop dst endpoint every except failure find fetch flow for forward forwarder found from ' +
    'gateway has hop host hosts if ignore in increase initiator intruder ip ips is it jump lease link local login logon machine ' +
    'malicious master member name nameserver nat neighbor neighbour network next no node not of offender on only or origin our ' +
    'over peer permit ping primary probe proxy query reach reject relay remote replica report request requestor resolver ' +
    'responder restore return route router scan scanner secondary see sender server servers session site source sources src ' +
    'standby station subnet suspect switch system target targets that the their this threat through to toward towards traffic ' +
    'trap tunnel unban unit unknown unreachable until up upstream user vendor via victim visitor vpn was with workstation'
  ).split(' '),
);

/**
 * True for a number that may be that of a version: behind a name and a slash, a word for versions, the name of a product, or a
 * name that nobody knows.
 *
 * @param hasOneBefore true if such a number stands before it: `from 7.2.4.1 to 7.2.5.1`
 */
export function isVersion({ before, behind }: Context, hasOneBefore: boolean): boolean {
  const hasPort = PORT_BEHIND.test(behind);
  if (NAME_AND_SLASH.test(before)) return !SQUID.test(before) && !hasPort;
  if (VERSIONS.some((words) => words.test(before)) || (hasOneBefore && FURTHER.test(before))) return true;
  return !hasPort && !behind.startsWith('/') && (PRODUCT.test(before) || isBehindName(before));
}

function isBehindName(before: string): boolean {
  const [, name = ''] = NAME.exec(before) ?? [];
  return name !== '' && !BEFORE_ADDRESSES.has(name.toLowerCase()) && !/(?:ed|ing)$/.test(name);
}

const QUAD = String.raw`((?:\d{1,3}\.){3}\d{1,3})(?![\w.])`;
const MASK_WORD = String.raw`(?:(?:sub)?net[-_ ]?mask|genmask|mask|wildcard(?:[-_ ](?:mask|bits))?)`;
const NAMED_MASK_BEHIND = new RegExp(String.raw`^[^\w.]{0,6}${MASK_WORD}[^\w.]{0,6}${QUAD}`, 'i');
const MASK_BEHIND = new RegExp(String.raw`^(?:\/|[\s,;]{1,20})${QUAD}`);
const BEHIND_MASK_WORD = new RegExp(String.raw`${MASK_WORD}[^\w.]{0,6}$`, 'i');

/** How many bits of an address the mask behind it leaves; `undefined` if there is none. */
export function bitsBehind({ behind }: Context): number | undefined {
  const [, named] = NAMED_MASK_BEHIND.exec(behind) ?? [];
  if (named !== undefined) return bitsOfMask(named);
  const [, mask = ''] = MASK_BEHIND.exec(behind) ?? [];
  return behind.startsWith('/') || isReserved(mask) ? bitsOfMask(mask) : undefined;
}

/** True for a mask, and for an address that no host has: it says something of the address before it. */
export function isMask(quad: string, { before }: Context): boolean {
  if (isReserved(quad) || BEHIND_MASK_WORD.test(before)) return true;
  return /(?:bcast|broadcast)[^\w.]{0,3}$/i.test(before) || (/\d\/$/.test(before) && bitsOfMask(quad) !== undefined);
}

/** Masks begin so, and those that are the other way round; no host has such an address. */
function isReserved(quad: string): boolean {
  return /^(?:0|255)\./.test(quad);
}

const FINGERPRINTS =
  /(?:(?:imp|rich|rich_?pe|pe|telf|auth|icon|dom|v)_?hash|authenti_?hash|ja3s?|ja4\w*|hassh(?:_?server)?)["'\s]*[:=(]?["'\s]*$/i;
const MESSAGE_IDS = /(?:message[-_]?id|msg[-_]?id|in[-_]reply[-_]to|references)["'\s]*[:=]?["'\s<]*$/i;

/** True for a value whose name says that it is something else: the hash of a part of a file, the number of a message. */
export function isNamedOtherwise(kind: IndicatorKind, { before }: Context): boolean {
  if (kind === 'email') return MESSAGE_IDS.test(before);
  return /hash|md5|sha/.test(kind) && FINGERPRINTS.test(before);
}
