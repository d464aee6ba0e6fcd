import { DefaultLogger, Runtime } from '@temporalio/worker';

/** Keeps Temporal's log lines out of the tests' output. Once a test file, before any worker. */
export function quietRuntime(): void {
  if (Runtime._instance) return;
  const logger = new DefaultLogger('ERROR', () => undefined);
  Runtime.install({ logger, telemetryOptions: { logging: { filter: 'OFF' } } });
}
