import { readConfig } from '../config/read-config.js';
import { warningsOf } from '../worker/warnings.js';
import { UserError } from './errors.js';

const LOCAL_TEMPORAL =
  'The embedded Temporal has no lock: every user and program of this machine can run actions in your SOAR through it, ' +
  'until this command ends. It has no UI and no HTTP API then.';

/**
 * Checks where a command would work, before it reads its input: the settings of a SOAR of somebody's own, and that it is not
 * opened to everybody on this machine unasked.
 *
 * @returns what people should be told
 * @throws ConfigError if a setting is wrong, and UserError if the Temporal is not named
 */
export function checkPlace(
  environment: Readonly<Record<string, string | undefined>>,
  localTemporal: boolean | undefined,
): string[] {
  if (!environment['SOAR_BASE_URL']) return [];
  const warnings = warningsOf(readConfig(environment).soar);
  if (environment['TEMPORAL_ADDRESS']) return warnings;
  if (localTemporal) return [...warnings, LOCAL_TEMPORAL];
  throw new UserError(
    'With a SOAR of your own, name your Temporal: set TEMPORAL_ADDRESS. Or say --local-temporal for an embedded one, ' +
      'which has no lock: every user and program of this machine could run actions in your SOAR through it.',
    2,
  );
}
