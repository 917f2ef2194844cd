import type { ErrorObject, ValidateFunction } from 'ajv/dist/2020.js';
import type { SchemaCompiler } from './environment.js';

/** The part of JSON Schema 2020-12 that the documents use. */
export interface Schema {
  $ref?: string;
  type?: string | string[];
  format?: string;
  allOf?: Schema[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  enum?: unknown[];
  example?: unknown;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
  items?: Schema;
  contentSchema?: Schema;
}

export type Schemas = Record<string, Schema>;

const COMPONENTS = '#/components/schemas/';

const { gatehouseCompileSchema: compile } = globalThis as unknown as {
  gatehouseCompileSchema: SchemaCompiler;
};

/** The validators of the components of one document. */
class Validators {
  private readonly document: string;
  private readonly known = new Map<Schema, ValidateFunction>();

  constructor(schemas: Schemas) {
    this.document = JSON.stringify({ components: { schemas: closed(schemas) } });
  }

  of(schema: Schema): ValidateFunction {
    const found = this.known.get(schema) ?? this.compile(schema);
    this.known.set(schema, found);
    return found;
  }

  private compile(schema: Schema): ValidateFunction {
    const text = JSON.stringify(close(schema)).replaceAll(`"${COMPONENTS}`, `"document${COMPONENTS}`);
    return compile(this.document, text);
  }
}

const validators = new WeakMap<Schemas, Validators>();

/**
 * What ajv finds wrong with a value. Responses may get more members in a later release, so their schemas are open; here
 * a member that no schema names is a fault.
 */
export function findSchemaFaults(schemas: Schemas, schema: Schema, value: unknown): string[] {
  const known = validators.get(schemas) ?? new Validators(schemas);
  validators.set(schemas, known);
  const validate = known.of(schema);
  return validate(value) ? [] : (validate.errors ?? []).map(describeFault);
}

function describeFault({ instancePath, message = '', params }: ErrorObject): string {
  return `#${instancePath} ${message} ${JSON.stringify(params)}`;
}

function closed(schemas: Schemas): Schemas {
  return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, close(schema)]));
}

/** With `unevaluatedProperties: false` at every object that names its members. */
function close(schema: Schema, isPart = false): Schema {
  const { properties, items, allOf, anyOf, oneOf, additionalProperties } = schema;
  const isClosed = !isPart && (properties ?? allOf) !== undefined && additionalProperties === undefined;
  return {
    ...schema,
    ...(properties && { properties: closed(properties) }),
    ...(items && { items: close(items) }),
    ...(typeof additionalProperties === 'object' && { additionalProperties: close(additionalProperties) }),
    ...(allOf && { allOf: allOf.map((part) => close(part, true)) }),
    ...(anyOf && { anyOf: anyOf.map((one) => close(one)) }),
    ...(oneOf && { oneOf: oneOf.map((one) => close(one)) }),
    ...(isClosed && { unevaluatedProperties: false }),
  };
}
