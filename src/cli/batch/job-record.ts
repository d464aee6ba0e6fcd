import { createHash, randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import type { EnrichBatchInput } from '../../contracts/enrich-batch.js';
import { canonicalJson } from '../../model/canonical-json.js';
import { readJsonFile, writeJsonFile } from '../stack/json-file.js';

/** A job that has been started and whose results are not written yet. */
export interface JobRecord {
  readonly workflowId: string;
  /** True where an earlier process, killed, had begun it. */
  readonly isResumed: boolean;
  /** To be called once the results are written: the same input is then a new job. */
  forget(): void;
}

const recordSchema = z.object({ workflowId: z.string() });

/**
 * Notes the workflow id of a job before it is started. The same input finds the same id again until its results are
 * written, so that a killed process picks its batch up instead of starting another.
 */
export function openJobRecord(directory: string, input: EnrichBatchInput): JobRecord {
  const digest = createHash('sha256').update(canonicalJson(input)).digest('hex').slice(0, 16);
  const file = path.join(directory, 'jobs', `${digest}.json`);
  const known = readJsonFile(file, recordSchema);
  const workflowId = known?.workflowId ?? `enrich-${digest}-${randomUUID().slice(0, 8)}`;
  if (!known) writeJsonFile(file, { workflowId });
  return {
    workflowId,
    isResumed: known !== undefined,
    forget: () => {
      rmSync(file, { force: true });
    },
  };
}
