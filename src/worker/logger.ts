import { DefaultLogger } from '@temporalio/worker';
import type { LogLevel, Logger as TemporalLogger } from '@temporalio/worker';
import pino from 'pino';
import type { DestinationStream, Logger } from 'pino';

export type { Logger };

/** Makes the log: JSON lines to standard output, or to `destination`. Values under the names of secrets are blanked. */
export function createLogger(level: string, destination?: DestinationStream): Logger {
  const redact = {
    paths: ['token', 'password', '*.token', '*.password', '*["ph-auth-token"]', '*.authorization'],
    censor: '***',
  };
  const options = { level, redact, base: null, timestamp: pino.stdTimeFunctions.isoTime };
  return destination ? pino(options, destination) : pino(options);
}

const LEVELS: Record<LogLevel, 'trace' | 'debug' | 'info' | 'warn' | 'error'> = {
  TRACE: 'trace',
  DEBUG: 'debug',
  INFO: 'info',
  WARN: 'warn',
  ERROR: 'error',
};

/** Temporal's own log lines, written to ours. */
export function toTemporalLogger(log: Logger): TemporalLogger {
  return new DefaultLogger('DEBUG', ({ level, message, meta }) => {
    log[LEVELS[level]](meta ?? {}, message);
  });
}
