/** Codes of Node's TLS layer and of OpenSSL: the peer or its certificate was not accepted. */
const TLS_CODES =
  /^(?:ERR_TLS_|ERR_SSL_|EPROTO$|CERT_|CRL_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|HOSTNAME_MISMATCH$|INVALID_CA$|PATH_LENGTH_)/;

/** The code of an error of Node or undici, as `ECONNREFUSED`: all of it that may be repeated. */
export function codeOfError(error: unknown): string {
  // Not `instanceof Error`: errors of Node's own modules can come from another realm.
  const hasCode = typeof error === 'object' && error !== null && 'code' in error;
  return hasCode && typeof error.code === 'string' ? error.code : 'no code';
}

/** True where TLS refused the connection, so that nothing of HTTP was written to it. */
export function hasTlsCode(error: unknown): boolean {
  return TLS_CODES.test(codeOfError(error));
}
