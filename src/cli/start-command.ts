import path from 'node:path';
import type { JobSpec } from './job/spec.js';
import { runJob } from './run-job.js';
import { screenOn } from './screen.js';

/** Options of `npm start`. */
export interface StartOptions {
  readonly input: string;
  readonly output?: string;
  readonly asset: string;
  readonly container: string;
  readonly app?: string;
  readonly once?: true;
}

/** The main job: the batch of the command line, with a file of addresses as its input. @throws UserError, see {@link runJob} */
export async function start(options: StartOptions): Promise<void> {
  await runJob(specOf(options), screenOn(process.stdout));
}

function specOf({ input, output, asset, container, app, once }: StartOptions): JobSpec {
  const csv = output ?? path.join(path.dirname(input), 'results.csv');
  const { dir, name } = path.parse(csv);
  return {
    source: { kind: 'file', path: input, format: 'csv' },
    mapping: { parameter: 'ip', perRow: [] },
    target: { action: 'geolocate ip', asset, container, app },
    options: {},
    outputs: [...new Set([csv, path.join(dir, `${name}.html`)])],
    stayUp: !once,
    worker: true,
  };
}
