import { isIP } from 'node:net';
import { nameOfValue } from '../indicator/kinds.js';
import { readIndicator } from '../indicator/spelling.js';

/** Words of which names of columns are made. */
const KNOWN: ReadonlySet<string> = new Set(
  (
    'account action actor address addr agent alert app application asn asset attachment bytes category city class client code ' +
    'comment computer confidence count country created cs date day department desc description dest destination details device ' +
    'direction dns domain dst duration email endpoint enddate entity event expiry feed field file filename first fqdn from group ' +
    'hash header host hostname id identifier indicator info interface ioc ip ips ipv4 ipv6 kind label last level line list locale ' +
    'location log login mac machine mail md5 message method module name nat network note notes number object office operation org ' +
    'organization owner path policy port priority process product protocol proto query reason recipient referer referrer remark ' +
    'remarks result role rule s sc score seen sender sensor service session severity sha1 sha256 sha512 site size source src start ' +
    'state status subject system tag tags target team threat time timestamp title to ts type updated uri url user username users ' +
    'value values vendor verdict version vlan vpn zone'
  ).split(' '),
);

/** The words of a name: `dst_ip`, `Source IP`, `destPort`, `cs(User-Agent)`. */
function wordsOf(name: string): string[] {
  return name
    .replace(/(?<=[a-z])(?=[A-Z])/g, ' ')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
}

const MOST_WORDS = 5;

/** True for what tables call their columns. */
export function isKnownName(text: string): boolean {
  const words = wordsOf(text);
  const known = words.filter((word) => KNOWN.has(word)).length;
  return isName(text) && !/[/\\*@:]/.test(text) && words.length <= MOST_WORDS && known > 0 && known * 2 >= words.length;
}

/** True for what a column can be called. */
export function isName(text: string): boolean {
  return text.length <= 100 && sortOf(text) === undefined;
}

/** What no column is called; times and numbers apart, which tables have as names of columns now and then. */
export function isCertainValue(text: string): boolean {
  const sort = sortOf(text);
  return sort !== undefined && sort !== 'a number' && sort !== 'a time';
}

const VALUE_NAMES: ReadonlySet<string | undefined> = new Set([
  'an ip',
  'a hash',
  'a network',
  'a range of addresses',
  'an email',
]);

/** Where the names of websites end, and the paths of fields do not: `host.name` and `user.id` are domains, too. */
const WEBSITE = /\.(?:com|net|org|edu|gov|biz|(?!id$)[a-z]{2})$/i;

/** What sort of value it is: an address, a hash, a website, a number, a time; `undefined` for what can be a name. */
export function sortOf(text: string): string | undefined {
  if (/^[+-]?\d+(?:[.,]\d+)?$/.test(text)) return 'a number';
  if (/^\d{4}-\d\d-\d\d/.test(text)) return 'a time';
  if (isIP(text) !== 0) return 'an ip';
  const name = nameOfValue(text);
  if (VALUE_NAMES.has(name)) return name;
  if (/^\w+:\/\//.test(text)) return 'a url';
  if (WEBSITE.test(readIndicator(text, ['domain'])?.value ?? '')) return 'a domain';
  return readIndicator(text, ['ip', 'hash'])?.kind;
}
