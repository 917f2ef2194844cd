import type { OpenAPIObject } from '@nestjs/swagger';
import { type JsonSchema, mapSchemas } from './schemas.js';

const NULL: JsonSchema = { type: 'null' };

/**
 * Says in the way that client generators read what the decorators write for OpenAPI 3.0 and `@nestjs/swagger` carries over
 * to 3.1: null only, one of some values or null, and a reference with a description.
 */
export function simplifySchemas(document: OpenAPIObject): void {
  mapSchemas(document, (schema) => nullBesideValues(withoutSingleAllOf(schema)));
}

/** 3.0 needs `allOf` for members beside a reference. */
function withoutSingleAllOf({ allOf, ...rest }: JsonSchema): JsonSchema {
  if (!allOf) return rest;
  const [only, ...others] = allOf;
  return only && others.length === 0 ? { ...rest, ...only } : { ...rest, allOf };
}

function nullBesideValues(schema: JsonSchema): JsonSchema {
  const { enum: all = [], type, description, example } = schema;
  if (!all.includes(null)) return schema;
  const values = all.filter((value) => value !== null);
  const types = [type ?? []].flat().filter((one) => one !== 'null');
  return {
    ...(values.length === 0 ? NULL : { anyOf: [{ type: types.join(), enum: values }, NULL] }),
    ...(description !== undefined && { description }),
    ...(example !== undefined && { example }),
  };
}
