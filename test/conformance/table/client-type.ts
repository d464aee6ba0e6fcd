import { z } from 'zod';
import {
  actionResultSchema,
  actionRunSchema,
  approvalDetailSchema,
  approvalSchema,
  appRunSchema,
  cancelResponseSchema,
  errorEnvelopeSchema,
  pageSchema,
  runActionResponseSchema,
} from '../../../src/contracts/soar.js';
import { runActionRequestSchema } from '../../../src/contracts/run-action.js';

/** What the client checks each body of the pages with, by the name of the body. */
const SCHEMAS: Readonly<Record<string, z.ZodType>> = {
  'run action': runActionRequestSchema,
  'action queued': runActionResponseSchema,
  action_run: actionRunSchema,
  cancel: z.looseObject({ cancel: z.literal(true) }),
  'cancel accepted': cancelResponseSchema,
  'cancel refused': errorEnvelopeSchema,
  'app_runs of an action_run': pageSchema(appRunSchema),
  'app_run list': pageSchema(appRunSchema),
  'action results': pageSchema(actionResultSchema),
  app_run: appRunSchema,
  'approval list': pageSchema(approvalSchema),
  approval: approvalSchema,
  'approval detail': approvalDetailSchema,
};

/** As much of JSON Schema as zod writes for these schemas. */
interface JsonSchema {
  readonly type?: string | readonly string[] | undefined;
  readonly const?: unknown;
  readonly anyOf?: readonly JsonSchema[] | undefined;
  readonly properties?: Readonly<Record<string, JsonSchema>> | undefined;
  readonly additionalProperties?: JsonSchema | boolean | undefined;
  readonly items?: JsonSchema | undefined;
}

const jsonSchema: z.ZodType<JsonSchema> = z.lazy(() =>
  z.object({
    type: z.union([z.string(), z.array(z.string())]).optional(),
    const: z.unknown().optional(),
    anyOf: z.array(jsonSchema).optional(),
    properties: z.record(z.string(), jsonSchema).optional(),
    additionalProperties: z.union([jsonSchema, z.boolean()]).optional(),
    items: jsonSchema.optional(),
  }),
);

/**
 * What the client makes of a field: the types its schema takes; "kept as it is" for what no schema names but an object lets
 * through; "dropped" for what it does not.
 */
export function clientType(bodyName: string, path: string): string {
  const schema = SCHEMAS[bodyName];
  if (!schema) throw new Error(`the client has no schema for "${bodyName}"`);
  const root = jsonSchema.parse(z.toJSONSchema(schema, { io: 'input' }));
  const steps = path.split(/\.|(?=\[\])/);
  return describe(steps.reduce<readonly Place[]>(step, [root]));
}

/** A schema that a path leads to, or what becomes of a field without one. */
type Place = JsonSchema | 'kept as it is' | 'dropped';

function step(places: readonly Place[], key: string): Place[] {
  return places.flatMap((place) => (typeof place === 'string' ? [place] : below(place, key)));
}

function below(schema: JsonSchema, key: string): Place[] {
  if (schema.anyOf) return step(schema.anyOf, key);
  if (key === '[]') return schema.items ? [schema.items] : [];
  const property = schema.properties?.[key];
  if (property) return [property];
  if (schema.additionalProperties) return ['kept as it is'];
  if (schema.properties) return ['dropped'];
  return isAnything(schema) ? ['kept as it is'] : [];
}

function isAnything({ type, anyOf, const: only }: JsonSchema): boolean {
  return type === undefined && anyOf === undefined && only === undefined;
}

function describe(places: readonly Place[]): string {
  const texts = places.flatMap((place) => (typeof place === 'string' ? [place] : typeNames(place)));
  return [...new Set(texts)].join(' or ') || 'dropped';
}

function typeNames(schema: JsonSchema): string[] {
  if (schema.const !== undefined) return [JSON.stringify(schema.const)];
  if (schema.anyOf) return schema.anyOf.flatMap(typeNames);
  return isAnything(schema) ? ['anything'] : [schema.type ?? []].flat();
}
