import type { SoarClient } from '../../soar/client.js';
import { toText } from './row.js';

/** Which field of which container's artifacts has the indicators. */
export interface ArtifactField {
  readonly container: number;
  /** By its CEF name, as `sourceAddress`. */
  readonly cef: string;
}

const PAGE_SIZE = 100;

/**
 * The indicators in the artifacts of a container as lines of JSON: `{ "artifact_id", "artifact", <cef> }`. Artifacts without
 * the field are left out. Pages go by id: artifacts that are added meanwhile shift nothing.
 */
export async function* artifactLines(soar: SoarClient, { container, cef }: ArtifactField): AsyncGenerator<string> {
  for (let last = 0; ;) {
    const filters = { container, id__gt: last };
    const query = { filters, sort: 'id', order: 'asc', page: 0, pageSize: PAGE_SIZE } as const;
    const { data } = await soar.listArtifacts(query);
    // A SOAR that ignores the filter would send the same page for ever.
    const rows = data.filter((artifact) => artifact.id > last && artifact.container === container);
    for (const { id, name, cef: fields } of rows) {
      const value = toText(fields && Object.hasOwn(fields, cef) ? fields[cef] : undefined);
      if (value !== '') yield `${JSON.stringify({ artifact_id: id, artifact: name ?? '', [cef]: value })}\n`;
    }
    last = Math.max(last, ...rows.map(({ id }) => id));
    if (rows.length === 0 || data.length < PAGE_SIZE) return;
  }
}
