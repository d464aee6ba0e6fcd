import { SOAR_ERROR_CODES } from '../model/error-codes.js';
import type { SoarErrorCode } from '../model/error-codes.js';
import { shellWord } from '../model/text.js';
import type { SoarError } from '../soar/soar-error.js';

type Environment = Readonly<Record<string, string | undefined>>;

const CHECK_URL = 'Check SOAR_BASE_URL';
const NOT_SOAR = `${CHECK_URL}: what answers there does not answer as SOAR’s REST API does.`;

const ADVICE: Partial<Record<SoarErrorCode, string>> = {
  [SOAR_ERROR_CODES.CONNECTION]: `${CHECK_URL}: nothing answers there. Is SOAR up, and are host and port right?`,
  [SOAR_ERROR_CODES.CONNECTION_LOST]: `${CHECK_URL}: if SOAR speaks TLS there, it must begin with https://.`,
  [SOAR_ERROR_CODES.BAD_REQUEST]: `${CHECK_URL}: if SOAR speaks TLS there, it must begin with https://.`,
  [SOAR_ERROR_CODES.TIMEOUT]: `${CHECK_URL}, and HTTPS_PROXY and NO_PROXY: SOAR is slow, or a firewall drops the calls.`,
  [SOAR_ERROR_CODES.FORBIDDEN]:
    'SOAR knows this user, but gives it too few permissions: one of its roles must allow this call.',
  [SOAR_ERROR_CODES.NOT_FOUND]: NOT_SOAR,
  [SOAR_ERROR_CODES.METHOD_NOT_ALLOWED]: NOT_SOAR,
  [SOAR_ERROR_CODES.REDIRECT]: NOT_SOAR,
  [SOAR_ERROR_CODES.CONTRACT]: NOT_SOAR,
  [SOAR_ERROR_CODES.BODY_UNREADABLE]: NOT_SOAR,
};

const NO_TLS_THERE = /ERR_SSL_(WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG)|EPROTO/;
const UNKNOWN_HOST = /ENOTFOUND|EAI_AGAIN/;

/** What to do about an answer of SOAR's, or about none. */
export function soarAdvice(
  error: SoarError,
  environment: Environment,
  nodeVersion: string = process.versions.node,
): string {
  if (error.code === SOAR_ERROR_CODES.UNAUTHORIZED)
    return `Check ${credentialsIn(environment)}: SOAR does not accept it.`;
  if (NO_TLS_THERE.test(error.message)) return `${CHECK_URL}: no TLS is spoken there. Should it begin with http://?`;
  if (UNKNOWN_HOST.test(error.message)) return `${CHECK_URL}: no host of this name is known.`;
  if (error.code === SOAR_ERROR_CODES.TLS) return tlsAdvice(error.message, environment, nodeVersion);
  return ADVICE[error.code] ?? 'The same command goes on with the job when SOAR answers again.';
}

function credentialsIn(environment: Environment): string {
  if (environment['SOAR_AUTH_TOKEN']) return 'SOAR_AUTH_TOKEN';
  return environment['SOAR_AUTH_TOKEN_FILE'] ? 'SOAR_AUTH_TOKEN_FILE' : 'SOAR_USERNAME with SOAR_PASSWORD';
}

const ASK_FOR_AUTHORITY =
  'Is the authority of SOAR’s certificate a private one? Then name its PEM file in SOAR_CA_FILE.';

function tlsAdvice(message: string, environment: Environment, nodeVersion: string): string {
  if (/ALTNAME_INVALID|HOSTNAME_MISMATCH/.test(message))
    return `${CHECK_URL}: SOAR’s certificate is for another name. Write the address with the name that is in it.`;
  if (/EXPIRED|NOT_YET_VALID/.test(message))
    return 'A certificate of SOAR, or the one in SOAR_CA_FILE, is not valid today: renew it, or set the clock of this machine right.';
  if (/PROTOCOL|TLS_VERSION/.test(message)) return 'SOAR must speak TLS 1.2 or newer.';
  if (!environment['SOAR_CA_FILE']?.trim()) return ASK_FOR_AUTHORITY;
  const missing = 'SOAR_CA_FILE has neither SOAR’s own certificate nor that of an authority that signed it.';
  const { hostname, port } = new URL(environment['SOAR_BASE_URL']?.trim() ?? '');
  const show = `openssl s_client -connect ${shellWord(`${hostname}:${port || '443'}`)} -showcerts </dev/null`;
  const put = `Put one of them there: ${show} shows SOAR’s own first. Compare it with what SOAR’s administrator has.`;
  return takesAnyTrusted(nodeVersion) ? `${missing} ${put}` : rootAlone(nodeVersion);
}

/** Since when Node can trust a certificate that is no root. */
function takesAnyTrusted(nodeVersion: string): boolean {
  const [major = 0, minor = 0] = nodeVersion.split('.').map(Number);
  return (major === 20 && minor >= 18) || (major === 22 && minor >= 9) || major > 22;
}

function rootAlone(nodeVersion: string): string {
  return (
    `SOAR_CA_FILE has no root that SOAR’s certificate goes back to, and Node ${nodeVersion} trusts roots alone: put the root ` +
    'there, or use Node 20.18, 22.9 or newer, which take also the authority in the middle and SOAR’s own certificate.'
  );
}
