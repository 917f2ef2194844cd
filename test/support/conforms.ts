/** The part of an OpenAPI 3.0 schema that the documents use. */
export interface Schema {
  $ref?: string;
  type?: string;
  format?: string;
  nullable?: boolean;
  allOf?: Schema[];
  oneOf?: Schema[];
  enum?: unknown[];
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
  items?: Schema;
}

export type Schemas = Record<string, Schema>;

/** The differences between a value and its schema: a wrong type, a missing member, or an unknown one. */
export function findSchemaFaults(schemas: Schemas, schema: Schema, value: unknown, at = '#'): string[] {
  if (schema.$ref !== undefined) {
    const named = schemas[schema.$ref.split('/').pop() ?? ''];
    return named ? findSchemaFaults(schemas, named, value, at) : [`${at}: ${schema.$ref} does not resolve`];
  }
  if (schema.oneOf) {
    const faultsBySchema = schema.oneOf.map((one) => findSchemaFaults(schemas, one, value, at));
    return faultsBySchema.some((faults) => faults.length === 0) ? [] : faultsBySchema.flat();
  }
  if (schema.enum && !schema.enum.includes(value)) return [`${at} is ${String(value)}`];
  if (value === null) return schema.nullable === true ? [] : [`${at} is null`];
  const faults = (schema.allOf ?? []).flatMap((part) => findSchemaFaults(schemas, part, value, at));
  if (Array.isArray(value)) {
    if (schema.type !== 'array') return [...faults, `${at} is a list`];
    const items = schema.items ?? {};
    return [
      ...faults,
      ...value.flatMap((item, index) => findSchemaFaults(schemas, items, item, `${at}/${index}`)),
    ];
  }
  if (schema.type !== undefined && typeof value !== schema.type.replace('integer', 'number')) {
    return [...faults, `${at} is a ${typeof value}, not a ${schema.type}`];
  }
  return typeof value === 'object' ? [...faults, ...findMemberFaults(schemas, schema, value, at)] : faults;
}

function findMemberFaults(schemas: Schemas, schema: Schema, value: object, at: string): string[] {
  const { properties = {}, required = [], additionalProperties = true } = schema;
  const missing = required.filter((name) => !(name in value)).map((name) => `${at}/${name} is missing`);
  const members = Object.entries(value).flatMap(([name, member]) => {
    const described = properties[name] ?? additionalProperties;
    if (described === false) return [`${at}/${name} is not documented`];
    return described === true ? [] : findSchemaFaults(schemas, described, member, `${at}/${name}`);
  });
  return [...missing, ...members];
}
