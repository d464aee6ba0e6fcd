import path from 'node:path';
import { writeFormatted } from './results-file.js';
import type { Results } from './results-file.js';

const DOCUMENT = path.join(__dirname, '../../docs/performance.md');

/** Writes docs/performance.md. */
export async function writeDocument(results: Results): Promise<void> {
  await writeFormatted(DOCUMENT, JSON.stringify(results));
}
