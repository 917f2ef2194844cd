import type { OpenAPIObject } from '@nestjs/swagger';

/**
 * Sets `additionalProperties: false` on every object with named members: requests with others are refused, and
 * responses do not contain any.
 */
export function closeSchemas(document: OpenAPIObject): void {
  const schemas = Object.entries(document.components?.schemas ?? {});
  for (const [, schema] of schemas) close(schema);
  document.components = {
    ...document.components,
    schemas: Object.fromEntries(schemas.sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}

function close(node: unknown): void {
  if (typeof node !== 'object' || node === null) return;
  const schema = node as Record<string, unknown>;
  if (schema.type === 'object' && schema.properties) schema.additionalProperties ??= false;
  const { properties, items, additionalProperties, allOf, anyOf, oneOf } = schema;
  for (const inner of [properties, allOf, anyOf, oneOf]) Object.values(inner ?? {}).forEach(close);
  close(items);
  close(additionalProperties);
}
