import { z } from 'zod';
import { artifactSchema, commentSchema, containerSchema, decidedListSchema, noteSchema } from '../case-records.js';
import {
  actionRunSchema,
  appActionSchema,
  approvalSchema,
  appRunSchema,
  appSchema,
  assetSchema,
  jobSchema,
  systemSchema,
  userSchema,
} from '../records.js';
import { Journal } from './journal.js';
import type { Change } from './table.js';
import { Table } from './table.js';

const keptChangesSchema = z.array(
  z.union([z.object({ table: z.string(), record: z.unknown() }), z.object({ table: z.string(), deleted: z.int() })]),
);

function createTables(onChange: (change: Change) => void) {
  return {
    action_run: new Table('action_run', actionRunSchema, onChange),
    app: new Table('app', appSchema, onChange),
    app_action: new Table('app_action', appActionSchema, onChange),
    app_run: new Table('app_run', appRunSchema, onChange),
    approval: new Table('approval', approvalSchema, onChange),
    artifact: new Table('artifact', artifactSchema, onChange),
    asset: new Table('asset', assetSchema, onChange),
    container: new Table('container', containerSchema, onChange),
    container_comment: new Table('container_comment', commentSchema, onChange),
    decided_list: new Table('decided_list', decidedListSchema, onChange),
    job: new Table('job', jobSchema, onChange),
    note: new Table('note', noteSchema, onChange),
    ph_user: new Table('ph_user', userSchema, onChange),
    system: new Table('system', systemSchema, onChange),
  };
}

/** All tables by SOAR's resource names; `job` and `system` are the server's own. */
export type Tables = ReturnType<typeof createTables>;
/** The name of one table. */
export type TableName = keyof Tables;

/** All state of the server: tables in memory, and a journal behind them when a file is given. */
export interface Store {
  readonly tables: Tables;
  /** Writes what changed since the last commit to the journal. A request may be answered only after that. */
  readonly commit: () => void;
  readonly close: () => void;
}

/**
 * Makes the tables, fills them by `seed`, and then applies the changes in `dataFile`. A new file begins with the seeded records.
 * Throws an Error when the file is damaged elsewhere than in its last line.
 */
export function openStore(seed: (tables: Tables) => void, dataFile?: string): Store {
  let changes: Change[] = [];
  const tables = createTables((change) => changes.push(change));
  seed(tables);
  const journal =
    dataFile === undefined
      ? undefined
      : Journal.open(dataFile, (line) => {
          restore(tables, line);
        });
  // Only a new file still has to get the seeded records.
  if (journal?.isEmpty !== true) changes = [];
  const commit = (): void => {
    if (changes.length === 0) return;
    journal?.append(changes);
    changes = [];
  };
  commit();
  return { tables, commit, close: () => journal?.close() };
}

function restore(tables: Tables, line: unknown): void {
  for (const change of keptChangesSchema.parse(line)) {
    const table = Object.values(tables).find(({ name }) => name === change.table);
    if (!table) throw new Error(`There is no table ${change.table}.`);
    table.restore(change);
  }
}
