import { setTimeout as delay } from 'node:timers/promises';
import { NativeConnection } from '@temporalio/worker';
import type { NativeConnectionOptions } from '@temporalio/worker';
import { ConfigError } from '../config/read-config.js';
import type { Logger } from './logger.js';

const PAUSE_MS = 5_000;

/**
 * Connects to Temporal and waits for one that is not up yet: worker and server may be started in any order.
 *
 * @throws ConfigError where the address is none
 */
export async function connectWithPatience(options: NativeConnectionOptions, log: Logger): Promise<NativeConnection> {
  for (;;) {
    try {
      return await NativeConnection.connect(options);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      if (error.name !== 'TransportError') throw new ConfigError([`TEMPORAL_ADDRESS cannot be used: ${error.message}`]);
      log.warn({ address: options.address }, `Temporal cannot be reached, trying again in ${PAUSE_MS / 1_000} s`);
    }
    await delay(PAUSE_MS);
  }
}
