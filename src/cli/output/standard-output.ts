import { UserError } from '../errors.js';
import type { TextSink } from './files.js';

/** Standard output as a place for rows. Whoever reads it may stop reading: that ends the command, and not the batch. */
export function standardOutput(): TextSink {
  let failure: Error | undefined;
  process.stdout.on('error', (error: Error) => {
    failure = error;
  });
  const write = (text: string): Promise<void> =>
    new Promise((resolve, reject) => {
      process.stdout.write(text, (error) => {
        if (error ?? failure) reject(new UserError('Nobody reads the rows any more; start again to go on.'));
        else resolve();
      });
    });
  return { write, complete: () => Promise.resolve(), discard: () => Promise.resolve() };
}
