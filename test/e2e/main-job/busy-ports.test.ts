import { createServer } from 'node:net';
import type { Server } from 'node:net';
import { eventually } from '../support/phases.js';
import { isFree } from '../support/ports.js';
import { Workplace } from './support/workplace.js';

const PREFERRED_PORTS = [8088, 7233, 8233];

/** The tests beside this one give their ports back within it; a server that a developer left running does not. */
const RELEASE_TIMEOUT_MS = 80_000;

/** Takes a port; undefined if somebody else has it. */
function listenOn(port: number): Promise<Server | undefined> {
  return new Promise((resolve) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', () => {
      resolve(undefined);
    });
    server.listen(port, '127.0.0.1', () => {
      resolve(server);
    });
  });
}

/** Takes a port as soon as it is given back; null if it is not, and so stays busy without us. */
function occupy(port: number): Promise<Server | null> {
  const deadline = Date.now() + RELEASE_TIMEOUT_MS;
  return eventually(async () => (await listenOn(port)) ?? (Date.now() < deadline ? undefined : null));
}

describe('npm start where its ports are busy', () => {
  const workplace = new Workplace();
  let occupants: (Server | null)[] = [];

  beforeAll(async () => {
    occupants = await Promise.all(PREFERRED_PORTS.map(occupy));
  });
  afterAll(async () => {
    for (const occupant of occupants) occupant?.close();
    await workplace.close();
  });

  it('takes others, names them, and leaves none of them taken', async () => {
    workplace.write('one.csv', 'ip\n8.8.8.8\n');
    const command = workplace.run(['start', '--input', 'one.csv']);
    const [, soar, temporal, ui] = await command.sees(
      /SOAR http:\/\/127\.0\.0\.1:(\d+), Temporal 127\.0\.0\.1:(\d+), Temporal UI http:\/\/127\.0\.0\.1:(\d+);/,
    );
    const taken = [soar, temporal, ui].map(Number);
    const occupied = PREFERRED_PORTS.filter((_, index) => occupants[index]);
    for (const port of taken) expect(occupied).not.toContain(port);
    expect(new Set(taken).size).toBe(3);
    const version = await fetch(`http://127.0.0.1:${String(soar)}/rest/version`);
    expect(version.status).toBe(401);
    expect(await command.ended).toBe(0);
    expect(await Promise.all(taken.map(isFree))).toEqual([true, true, true]);
    expect(workplace.rows('results.csv')).toMatchObject([{ ip: '8.8.8.8', country_iso_code: 'US' }]);
  });
});
