import type { OpenAPIObject } from '@nestjs/swagger';
import { type JsonSchema, mapSchemas } from './schemas.js';

/**
 * Says the plain way what the decorators write for OpenAPI 3.0 and `@nestjs/swagger` carries over to 3.1: a schema that
 * admits null only, and a reference with a description.
 */
export function simplifySchemas(document: OpenAPIObject): void {
  mapSchemas(document, (schema) => onlyNull(withoutSingleAllOf(schema)));
}

/** 3.0 needs `allOf` for members beside a reference. */
function withoutSingleAllOf({ allOf, ...rest }: JsonSchema): JsonSchema {
  if (!allOf) return rest;
  const [only, ...others] = allOf;
  return only && others.length === 0 ? { ...rest, ...only } : { ...rest, allOf };
}

function onlyNull(schema: JsonSchema): JsonSchema {
  if (!schema.enum?.every((value) => value === null)) return schema;
  const { description, example } = schema;
  return {
    type: 'null',
    ...(description !== undefined && { description }),
    ...(example !== undefined && { example }),
  };
}
