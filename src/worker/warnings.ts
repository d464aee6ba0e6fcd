import type { SoarConfig } from '../config/read-config.js';
import { isLoopback } from '../model/text.js';

/** The default of docker-compose.yml, for its embedded SOAR. */
const DEMO_TOKEN = 'demo-token';

/** What is unsafe about the way to SOAR: a sentence each, for everybody who starts something that talks to it. */
export function warningsOf({ baseUrl, tlsVerify, auth }: SoarConfig): string[] {
  const { protocol, origin } = new URL(baseUrl);
  const isPlain = protocol === 'http:' && !isLoopback(baseUrl);
  return [
    ...(isPlain
      ? [`SOAR_BASE_URL is plain ${origin}: everybody on the way can read the token and change what comes.`]
      : []),
    ...('token' in auth && auth.token === DEMO_TOKEN
      ? ['SOAR_AUTH_TOKEN is the token of the demo, which everybody knows.']
      : []),
    ...(tlsVerify ? [] : ['SOAR_TLS_VERIFY=false: the certificate of SOAR is not checked.']),
  ];
}
