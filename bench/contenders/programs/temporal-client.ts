import { Client, Connection } from '@temporalio/client';
import type { HistorySize } from '../../programs/serve-client.js';
import type { Workload } from '../../rounds/workload.js';

/** Connects to the Temporal that the environment names. */
export async function connectToTemporal(): Promise<Client> {
  return new Client({ connection: await Connection.connect({ address: process.env['TEMPORAL_ADDRESS'] ?? '' }) });
}

/** Adds up the histories of a workload's workflows, which all have ids that begin with its own. */
export async function historyOf(client: Client, { id }: Pick<Workload, 'id'>): Promise<HistorySize> {
  const sizes: { events: number; bytes: number }[] = [];
  for await (const info of client.workflow.list({ query: `WorkflowId STARTS_WITH "${id}"` })) {
    sizes.push({ events: info.historyLength, bytes: info.historySize ?? 0 });
  }
  const events = sizes.map((size) => size.events);
  const bytes = sizes.map((size) => size.bytes);
  return {
    workflows: sizes.length,
    events: sum(events),
    bytes: sum(bytes),
    maxEvents: Math.max(0, ...events),
    maxBytes: Math.max(0, ...bytes),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
