import { loadClientConnectConfig } from '@temporalio/envconfig';
import { ConfigError } from './read-config.js';

/**
 * Temporal's own variables and profile, as its library reads them.
 *
 * @throws ConfigError where they cannot be used
 */
export function readTemporalConfig(): ReturnType<typeof loadClientConnectConfig> {
  try {
    return loadClientConnectConfig();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigError([`Temporal’s own settings (TEMPORAL_…) cannot be used: ${reason}`]);
  }
}
