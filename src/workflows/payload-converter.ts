import { defaultPayloadConverter } from '@temporalio/common';
import type { Payload, PayloadConverter } from '@temporalio/common';

/** An argument that cannot be read. It takes the argument's place, because an exception there would fail the workflow task for ever. */
export interface Undecoded {
  readonly undecoded: true;
  readonly problem: string;
}

/** True for what stands in place of an argument that cannot be read. */
export function isUndecoded(value: unknown): value is Undecoded {
  return value instanceof UndecodedPayload;
}

class UndecodedPayload implements Undecoded {
  readonly undecoded = true;
  constructor(readonly problem: string) {}
}

const MAX_ENCODING_CHARACTERS = 60;

/** The SDK's own converter, but for payloads of another encoding or with broken JSON: they become {@link Undecoded}. */
export const payloadConverter: PayloadConverter = {
  toPayload: (value) => defaultPayloadConverter.toPayload(value),
  fromPayload: <T>(payload: Payload): T => {
    try {
      return defaultPayloadConverter.fromPayload<T>(payload);
    } catch {
      const encoding = new TextDecoder().decode(payload.metadata?.['encoding'] ?? new Uint8Array());
      const shown = encoding.replace(/[^\x20-\x7e]/g, '?').slice(0, MAX_ENCODING_CHARACTERS);
      const problem = `cannot be read (encoding ${shown || 'unknown'}): send JSON, encoding json/plain.`;
      // What the caller's type promises cannot be kept; whoever takes arguments from outside checks them.
      const undecoded: unknown = new UndecodedPayload(problem);
      return undecoded as T;
    }
  },
};
