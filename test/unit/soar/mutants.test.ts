import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { SOAR_ERROR_CODES } from '../../../src/model/error-codes.js';
import type { ActionRun } from '../../../src/contracts/soar.js';
import { SoarError } from '../../../src/soar/soar-error.js';
import { createCircuitBreaker } from '../../../src/soar/http/circuit-breaker.js';
import { sample } from '../contracts/soar/samples.js';
import { BOMB_BYTES, MAX_BODY_BYTES, mutantsOf } from './support/mutants.js';
import type { Mutant } from './support/mutants.js';
import { Cleanup, clientFor, serveHttp } from './support/servers.js';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const cleanup = new Cleanup();
afterEach(() => cleanup.run());

const COUNT = 2_000;
const SEED = 20_260_105;
const TEXT = JSON.stringify(sample('action-run'), null, 2);
const CODES: readonly string[] = Object.values(SOAR_ERROR_CODES);

/** What is wrong with a value that was taken for an action_run; `undefined` if it can be relied on. */
function whatIsWrong(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return 'no object';
  if (Object.getPrototypeOf(Object.assign({}, value)) !== Object.prototype) return 'a copy has another prototype';
  const { id, status, message }: Record<string, unknown> = {
    id: undefined,
    status: undefined,
    message: undefined,
    ...value,
  };
  if (!Number.isSafeInteger(id)) return 'id is no integer';
  if (typeof status !== 'string' || typeof message !== 'string') return 'status or message is no text';
  if ('failed' in value) return 'SOAR said that it failed';
  return undefined;
}

/** Runs the reader under test on every mutant and lists what must not happen, by kind of mutant. */
async function faultsOf(read: (mutant: Mutant) => Promise<unknown>): Promise<Map<string, string>> {
  const faults = new Map<string, string>();
  for (const mutant of mutantsOf(TEXT, COUNT, SEED)) {
    const fault = await read(mutant).then(whatIsWrong, (error: unknown) =>
      error instanceof SoarError && CODES.includes(error.code) ? undefined : 'an error without a code',
    );
    if (fault !== undefined) faults.set(mutant.kind, fault);
  }
  return faults;
}

describe('2,000 spoilt answers', () => {
  it('each gives a coded error or an action_run that can be relied on, in bounded memory', async () => {
    let next: Mutant | undefined;
    const server = await serveHttp(cleanup, (_request, response) => {
      response.writeHead(next?.status ?? 500, next?.headers).end(next?.body);
    });
    const alwaysOpen = createCircuitBreaker({ probeIntervalMs: 0, maxOpenMs: 0 });
    const client = clientFor(cleanup, server.url, { maxBodyBytes: MAX_BODY_BYTES, breaker: alwaysOpen });
    let mostBuffers = 0;
    const outcomes = new Map<string, Set<string>>();
    const faults = await faultsOf(async (mutant) => {
      next = mutant;
      // What earlier answers left is garbage that Node collects when it likes: this one's buffers count.
      if (process.memoryUsage().arrayBuffers > BOMB_BYTES / 8) collectGarbage();
      const buffersBefore = process.memoryUsage().arrayBuffers;
      const outcome = client.getActionRun(47);
      await recordOutcome(outcomes, mutant.kind, outcome);
      mostBuffers = Math.max(mostBuffers, process.memoryUsage().arrayBuffers - buffersBefore);
      return outcome;
    });

    expect(faults).toEqual(new Map());
    expect(mostBuffers).toBeLessThan(BOMB_BYTES / 2);
    expect(Object.prototype).not.toHaveProperty('polluted');
    expect(outcomes.get('intact')).toEqual(new Set(['parsed']));
    expect(outcomes.get('byte order mark')).toEqual(new Set(['parsed']));
    expect(outcomes.get('duplicate keys')).toEqual(new Set(['parsed']));
    expect(outcomes.get('prototype')).toEqual(new Set(['parsed']));
    expect(outcomes.get('gzip')).toEqual(new Set(['parsed']));
    expect(outcomes.get('truncated')).toEqual(new Set([SOAR_ERROR_CODES.BODY_UNREADABLE]));
    expect(outcomes.get('html')).toEqual(new Set([SOAR_ERROR_CODES.BODY_UNREADABLE]));
    expect(outcomes.get('bad UTF-8')).toEqual(new Set([SOAR_ERROR_CODES.BODY_UNREADABLE]));
    expect(outcomes.get('deep')).toEqual(new Set([SOAR_ERROR_CODES.BODY_UNREADABLE]));
    expect(outcomes.get('oversized')).toEqual(new Set([SOAR_ERROR_CODES.BODY_TOO_LARGE]));
    expect(outcomes.get('gzip bomb')).toEqual(new Set([SOAR_ERROR_CODES.BODY_TOO_LARGE]));
    expect(outcomes.get('failed')).toEqual(new Set([SOAR_ERROR_CODES.FAILED]));
  }, 60_000);

  it('the control, parse and trust, fails on most kinds', async () => {
    const faults = await faultsOf(({ body }) =>
      Promise.resolve().then((): unknown => JSON.parse(body.toString('utf8'))),
    );
    expect([...faults.keys()]).toEqual(
      expect.arrayContaining([
        'truncated',
        'html',
        'wrong type',
        'prototype',
        'failed',
        'oversized',
        'byte order mark',
      ]),
    );
  });
});

async function recordOutcome(
  outcomes: Map<string, Set<string>>,
  kind: string,
  call: Promise<ActionRun>,
): Promise<void> {
  const seen = outcomes.get(kind) ?? new Set<string>();
  outcomes.set(kind, seen);
  seen.add(
    await call.then(
      () => 'parsed',
      (error: unknown) => (error instanceof SoarError ? error.code : 'another error'),
    ),
  );
}
