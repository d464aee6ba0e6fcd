import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { canonicalJson } from '../../model/canonical-json.js';
import { readJsonFile, writeJsonFile } from '../stack/process.js';

/** What makes a job the same job: the content of its input, and everything that decides what is run on it. */
export interface JobIdentity {
  readonly inputDigest: string;
  /** Any plain value; equal ones have equal JSON but for the order of keys. */
  readonly work: unknown;
  /** The workflow id, where the caller has one in mind. */
  readonly workflowId?: string | undefined;
}

/** A job that has been begun and whose results are not written yet. */
export interface JobFolder {
  readonly path: string;
  readonly workflowId: string;
  /** Tells this job's unfinished files from another's. */
  readonly mark: string;
  /** True where an earlier process, killed or stopped, had begun it. */
  readonly isResumed: boolean;
  /** The database is there. */
  readonly databasePath: string;
  /** To be called once the results are written: the same input is then a new job. */
  remove(): void;
}

const recordSchema = z.object({ workflowId: z.string() });

/**
 * Finds the folder of a job, or makes it. The workflow id is noted before anything is started, so that the same command
 * after a kill picks its batch up instead of starting another.
 */
export function openJobFolder(directory: string, identity: JobIdentity): JobFolder {
  const mark = createHash('sha256').update(canonicalJson(identity)).digest('hex').slice(0, 16);
  const folder = path.join(directory, 'jobs', mark);
  const recordFile = path.join(folder, 'job.json');
  const known = readJsonFile(recordFile, recordSchema);
  const workflowId = known?.workflowId ?? identity.workflowId ?? `enrich-${mark}-${randomUUID().slice(0, 8)}`;
  // A folder without its record is of no use to anybody.
  if (!known) rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  if (!known) writeJsonFile(recordFile, { workflowId });
  return {
    path: folder,
    workflowId,
    mark,
    isResumed: known !== undefined,
    databasePath: path.join(folder, 'state'),
    remove: () => {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
