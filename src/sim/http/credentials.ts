import { createHash, timingSafeEqual } from 'node:crypto';

/** Who the server lets in. */
export interface Credentials {
  readonly token: string;
  readonly username: string;
  readonly password: string;
}

/** How somebody got in. A token may not delete. */
export type Principal = 'user' | 'token';

/** Tells who a request comes from; undefined where its credentials are missing or wrong. */
export type Authenticate = (headers: Headers) => Principal | undefined;

/**
 * Accepts the header `ph-auth-token`, HTTP Basic with user and password, and HTTP Basic with an empty user and the token as
 * password (Splunk's documentation of REST authentication names all three).
 */
export function authenticator({ token, username, password }: Credentials): Authenticate {
  const isToken = matcher(token);
  const isUser = matcher(`${username}:${password}`);
  const isTokenAsPassword = matcher(`:${token}`);
  return (headers) => {
    const given = headers.get('ph-auth-token');
    if (given !== null) return isToken(given) ? 'token' : undefined;
    const basic = basicCredentials(headers.get('authorization') ?? '');
    if (isUser(basic)) return 'user';
    return isTokenAsPassword(basic) ? 'token' : undefined;
  };
}

/** Compares digests, which have one length, so that time tells nothing about the secret. */
function matcher(secret: string): (given: string) => boolean {
  const expected = digest(secret);
  return (given) => timingSafeEqual(digest(given), expected);
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function basicCredentials(header: string): string {
  const encoded = /^Basic +(\S+)$/i.exec(header)?.[1] ?? '';
  return Buffer.from(encoded, 'base64').toString('utf8');
}
