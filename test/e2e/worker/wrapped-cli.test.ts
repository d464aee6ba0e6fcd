import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { startTemporalServer } from '../../../src/cli/stack/temporal-server.js';
import { eventually } from '../support/phases.js';
import { testServer } from '../support/test-server.js';

/** Resolves once nobody listens there. */
async function untilClosed(address: string): Promise<void> {
  const [host = '', port] = address.split(':');
  await eventually(
    () =>
      new Promise<true | undefined>((resolve) => {
        const socket = createConnection({ host, port: Number(port) });
        socket.on('connect', () => {
          socket.destroy();
          resolve(undefined);
        });
        socket.on('error', () => {
          resolve(true);
        });
      }),
  );
}

describe('a Temporal CLI that is a script around the real one', () => {
  let directory: string;

  beforeEach(() => {
    directory = mkdtempSync(path.join(os.tmpdir(), 'soar-runner-wrapped-'));
  });
  afterEach(() => {
    rmSync(directory, { recursive: true, force: true });
  });

  it.each([
    ['becomes it', 'exec'],
    ['starts it and waits', ''],
  ])('is started, found again and ended where the script %s', async (_what, how) => {
    const cli = path.join(directory, 'temporal');
    writeFileSync(cli, `#!/bin/sh\n${how} "${testServer().temporalCli}" "$@"\n`);
    chmodSync(cli, 0o700);
    const options = { cli, directory, name: 'temporal', ui: false };
    const server = await startTemporalServer(options);
    const again = await startTemporalServer(options);
    expect(again.pid).toBe(server.pid);
    await server.stop();
    await untilClosed(server.address);
  });
});
