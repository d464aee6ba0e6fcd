import type { SoarConfig } from '../config/read-config.js';
import { isLoopback } from '../soar/dispatcher.js';

/** What is unsafe about the way to SOAR: a sentence each, for everybody who starts something that talks to it. */
export function warningsOf({ baseUrl, tlsVerify }: SoarConfig): string[] {
  const { protocol, origin } = new URL(baseUrl);
  const isPlain = protocol === 'http:' && !isLoopback(baseUrl);
  return [
    ...(isPlain
      ? [`SOAR_BASE_URL is plain ${origin}: everybody on the way can read the token and change what comes.`]
      : []),
    ...(tlsVerify ? [] : ['SOAR_TLS_VERIFY=false: the certificate of SOAR is not checked.']),
  ];
}
