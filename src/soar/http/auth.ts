import { readFile, stat } from 'node:fs/promises';
import { isToken } from '../../model/soar-access.js';

/** Who we are to SOAR. A token read from a file is read again when the file changes, so it can be rotated in place. */
export type SoarAuth =
  | { readonly token: string }
  | { readonly tokenFile: string }
  | { readonly username: string; readonly password: string };

/** What goes on a request, and what must never be seen anywhere else. */
export interface Credentials {
  readonly headers: Readonly<Record<string, string>>;
  readonly secrets: readonly string[];
}

/** Gives the credentials for the next request. Rejects only if a token file gives no token and never gave one. */
export type CredentialSource = () => Promise<Credentials>;

/** Makes the source of credentials. Throws a `TypeError`, without the value, if they cannot stand in a header. */
export function createCredentialSource(auth: SoarAuth): CredentialSource {
  if ('tokenFile' in auth) return readTokenFile(auth.tokenFile);
  const credentials = 'token' in auth ? byToken(auth.token) : byPassword(auth.username, auth.password);
  return () => Promise.resolve(credentials);
}

function byToken(token: string): Credentials {
  if (!isToken(token)) throw new TypeError('the SOAR token is empty or has characters no token has');
  return { headers: { 'ph-auth-token': token }, secrets: [token] };
}

function byPassword(username: string, password: string): Credentials {
  if (username.includes(':')) throw new TypeError('a SOAR user name with a colon cannot be sent by HTTP Basic');
  const basic = Buffer.from(`${username}:${password}`, 'utf8').toString('base64');
  return { headers: { authorization: `Basic ${basic}` }, secrets: [password, basic].filter((secret) => secret !== '') };
}

const MAX_FORMER_TOKENS = 5;

/** A file that is gone or half written in the middle of a rotation leaves the last good token in use. */
function readTokenFile(tokenFile: string): CredentialSource {
  let known: { readonly version: string; readonly credentials: Credentials } | undefined;
  return async () => {
    try {
      const { mtimeMs, size, ino } = await stat(tokenFile);
      const version = [mtimeMs, size, ino].join();
      if (known?.version !== version) {
        const { headers, secrets } = byToken((await readFile(tokenFile, 'utf8')).trim());
        // An answer that was long on its way can repeat a token that has been rotated since.
        const former = known?.credentials.secrets.slice(0, MAX_FORMER_TOKENS) ?? [];
        known = { version, credentials: { headers, secrets: [...new Set([...secrets, ...former])] } };
      }
    } catch (error) {
      if (known === undefined) throw error;
    }
    return known.credentials;
  };
}
