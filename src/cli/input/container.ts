import { withoutControls, nearest } from '../../model/text.js';
import type { SoarClient } from '../../soar/client.js';
import { toSafeText } from '../../soar/soar-error.js';
import { UserError } from '../errors.js';
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
 *
 * @throws UserError that names the fields that there are, if none has this one
 */
export async function* artifactLines(soar: SoarClient, { container, cef }: ArtifactField): AsyncGenerator<string> {
  const others = new Set<string>();
  let isFound = false;
  for (let last = 0; ;) {
    const filters = { container, id__gt: last };
    const query = { filters, sort: 'id', order: 'asc', page: 0, pageSize: PAGE_SIZE } as const;
    const { data } = await soar.listArtifacts(query);
    // A SOAR that ignores the filter would send the same page for ever.
    const rows = data.filter((artifact) => artifact.id > last && artifact.container === container);
    for (const { id, name, cef: fields } of rows) {
      const value = valueOf(fields, cef);
      noteFields(others, fields);
      isFound ||= value !== '';
      if (value !== '') yield `${JSON.stringify({ artifact_id: id, artifact: name ?? '', [cef]: value })}\n`;
    }
    last = Math.max(last, ...rows.map(({ id }) => id));
    if (rows.length === 0 || data.length < PAGE_SIZE) break;
  }
  if (!isFound) throw noField({ container, cef }, [...others]);
}

/** A container can have any number of artifacts, and each any fields. */
const MAX_NOTED = 1_000;
const MAX_NAMED = 10;
const NAME_CHARACTERS = 60;

type Fields = Readonly<Record<string, unknown>> | null | undefined;

function valueOf(fields: Fields, name: string): string {
  return toText(fields && Object.hasOwn(fields, name) ? fields[name] : undefined);
}

function noteFields(others: Set<string>, fields: Fields): void {
  for (const [name, value] of Object.entries(fields ?? {}))
    if (others.size < MAX_NOTED && toText(value) !== '') others.add(name);
}

/** The one that was probably meant comes first. */
function noField({ container, cef }: ArtifactField, others: readonly string[]): UserError {
  const none = `No artifact of container ${container} has a value in the CEF field "${shown(cef)}"`;
  if (others.length === 0) return new UserError(`${none}; none has any. Name another container, or a file.`, 2);
  const meant = nearest(cef, others);
  const named = [...new Set([...(meant === undefined ? [] : [meant]), ...[...others].sort()])].slice(0, MAX_NAMED);
  const more = others.length > named.length ? `, and ${others.length - named.length} more` : '';
  return new UserError(
    `${none}; they have ${named.map((name) => `"${shown(name)}"`).join(', ')}${more}: say --cef NAME.`,
    2,
  );
}

function shown(name: string): string {
  return toSafeText(withoutControls(name), NAME_CHARACTERS);
}
