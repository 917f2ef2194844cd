import type { Schema, Schemas } from '../conforms.js';
import type { OpenApiDocument, PlacedOperation } from '../openapi.js';
import { type Ids, type Thing, THINGS, toKeyTypeId } from './sample-tenant.js';

/** Where an operation takes an id: in its path, its query, or this deep in its body. */
export interface Place {
  in: 'path' | 'query' | 'body';
  path: (string | number)[];
  thing: Thing;
  isTypeId: boolean;
}

/** Names that differ from the kind of object in the path. Another one needs a line here. */
const BY_NAME: Record<string, Thing> = {
  orgId: 'organisations',
  departmentId: 'departments',
  parentId: 'departments',
  teamIds: 'teams',
  memberId: 'members',
  actorId: 'members',
  targetId: 'members',
  role: 'role keys',
  roleKey: 'role keys',
};

const TYPE_ID = /^\^\w+_/;
const isId = (name: string, { format, pattern = '' }: IdSchema) =>
  format === 'uuid' || TYPE_ID.test(pattern) || BY_NAME[name] === 'role keys';

type IdSchema = Schema & { format?: string; pattern?: string };

/** Every place of an operation that takes an id. Throws where the kind of the id is unknown. */
export function placesOf(operation: PlacedOperation, { components }: OpenApiDocument): Place[] {
  const { parameters = [], requestBody } = operation;
  const asked = parameters
    .filter(({ in: where, name, schema }) => where === 'path' || isId(name, schema))
    .filter(({ name }) => operation.path !== '/problems/{code}' || name !== 'code')
    .flatMap(({ in: where, name, schema }): Place[] => {
      // No id is taken from a header
      if (where === 'header') return [];
      return [{ in: where, path: [name], thing: thingAt(operation.path, name), isTypeId: isTypeId(schema) }];
    });
  const body = requestBody?.content['application/json']?.schema;
  const within = body ? idsWithin(components.schemas, body) : [];
  return [
    ...asked,
    ...within.map(({ path, schema }): Place => {
      const name = String(path.findLast((step) => typeof step === 'string'));
      return { in: 'body', path, thing: thingAt(operation.path, name), isTypeId: isTypeId(schema) };
    }),
  ];
}

const isTypeId = ({ pattern = '' }: IdSchema) => TYPE_ID.test(pattern);

function thingAt(template: string, name: string): Thing {
  const before = template.split(`/{${name}}`)[0] ?? '';
  const word = before.split('/').findLast((step) => !step.startsWith('{'));
  const thing = BY_NAME[name] ?? THINGS.find((one) => one === word);
  if (!thing) throw new Error(`What is ${name} of ${template} the id of?`);
  return thing;
}

function idsWithin(
  schemas: Schemas,
  schema: IdSchema,
  path: Place['path'] = [],
): { path: Place['path']; schema: IdSchema }[] {
  const named = schema.$ref === undefined ? schema : schemas[schema.$ref.split('/').pop() ?? ''];
  if (!named) return [];
  const name = String(path.findLast((step) => typeof step === 'string') ?? '');
  const own = path.length > 0 && named.properties === undefined && isId(name, named);
  return [
    ...(own && named.items === undefined ? [{ path, schema: named }] : []),
    ...(named.allOf ?? []).flatMap((one) => idsWithin(schemas, one, path)),
    ...(named.items ? idsWithin(schemas, named.items, [...path, 0]) : []),
    ...Object.entries(named.properties ?? {}).flatMap(([property, inner]) =>
      idsWithin(schemas, inner, [...path, property]),
    ),
  ];
}

export interface Filled {
  path: string;
  body: unknown;
}

/** The documented example of a request, with an id in each of these places. */
export function fill(operation: PlacedOperation, places: Place[], idsFor: (place: Place) => Ids): Filled {
  const example = operation.requestBody?.content['application/json']?.example;
  const body: unknown = structuredClone(example);
  const query = new URLSearchParams();
  for (const { name, in: where, required, schema } of operation.parameters ?? []) {
    if (where === 'query' && required) query.set(name, schema.example ?? '');
  }
  let { path } = operation;
  for (const place of places) {
    const uuid = idsFor(place)[place.thing];
    const id = place.isTypeId ? toKeyTypeId(uuid) : uuid;
    if (place.in === 'path') path = path.replace(`{${place.path[0] ?? ''}}`, id);
    else if (place.in === 'query') query.set(String(place.path[0]), id);
    else setIn(body as Container, place.path, id);
  }
  return { path: query.size > 0 ? `${path}?${query.toString()}` : path, body };
}

type Container = Record<string | number, unknown>;

function setIn(container: Container, [step = '', ...rest]: Place['path'], value: string): void {
  if (rest.length === 0) container[step] = value;
  else {
    container[step] ??= typeof rest[0] === 'number' ? [] : {};
    setIn(container[step] as Container, rest, value);
  }
}
