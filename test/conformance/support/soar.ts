import { readFileSync } from 'node:fs';
import { Agent, request } from 'undici';
import { createCredentialSource } from '../../../src/soar/http/auth.js';
import type { SoarClient } from '../../../src/soar/client.js';
import { createSoarClient } from '../../../src/soar/client.js';
import type { SoarClientOptions } from '../../../src/soar/caller.js';

/** An answer off the wire. */
export interface Answer {
  readonly status: number;
  readonly text: string;
  /** The body as JSON; rejects the test where it is none. */
  readonly json: unknown;
}

/** What to send beside method and path. */
interface Sending {
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Headers that prove who asks, instead of the right ones. */
  readonly credentials?: Readonly<Record<string, string>>;
}

/** A SOAR under test: by bare HTTP, and by our client. */
export interface Soar {
  readonly client: SoarClient;
  /** Sends a request with the right credentials, unless others are given. */
  readonly send: (method: 'GET' | 'POST' | 'DELETE', path: string, sending?: Sending) => Promise<Answer>;
  readonly get: (path: string) => Promise<Answer>;
  /** Sends JSON under the Content-Type that `curl -d` gives to every body, as the pages' examples do. */
  readonly post: (path: string, body: unknown) => Promise<Answer>;
  readonly close: () => Promise<void>;
}

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

/** Connects to a SOAR; nothing is sent before the first call. */
export function connect(options: SoarClientOptions): Soar {
  const ca = options.caFile === undefined ? {} : { ca: readFileSync(options.caFile, 'utf8') };
  const dispatcher = new Agent({ connect: { rejectUnauthorized: options.tlsVerify ?? true, ...ca } });
  const rightCredentials = createCredentialSource(options.auth);
  const client = createSoarClient(options);

  const send: Soar['send'] = async (method, path, { body, headers, credentials } = {}) => {
    const sent = { ...(credentials ?? (await rightCredentials()).headers), ...headers };
    const answer = await request(options.baseUrl.replace(/\/+$/, '') + path, {
      dispatcher,
      method,
      headers: sent,
      ...(body === undefined ? {} : { body }),
    });
    const text = await answer.body.text();
    const json: unknown = JSON.parse(text);
    return { status: answer.statusCode, text, json };
  };

  return {
    client,
    send,
    get: (path) => send('GET', path),
    post: (path, body) => send('POST', path, { body: JSON.stringify(body), headers: FORM }),
    close: async () => {
      await client.close();
      await dispatcher.close();
    },
  };
}
