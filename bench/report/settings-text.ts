import type { Settings } from '../measure/settings.js';

/** The settings, a line each. */
export function describeSettings(settings: Settings): string[] {
  const { startedAt, rounds, node, system, processor, cores, memoryBytes, loadBefore, loadAfter, versions } = settings;
  return [
    `${startedAt}: ${rounds} ${rounds === 1 ? 'round' : 'rounds'}, contenders in turn within each; medians over the rounds.`,
    `${cores} cores (${processor}), ${(memoryBytes / 1024 ** 3).toFixed(0)} GB, ${system}, Node ${node}.`,
    `Load average of the last minute: ${loadBefore.toFixed(2)} before, ${loadAfter.toFixed(2)} after.`,
    `Versions: ${Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join('; ')}.`,
  ];
}
