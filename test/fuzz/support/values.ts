import fc from 'fast-check';
import type { Schema, Schemas } from '../../support/conforms.js';
import { type Place, placesOf } from '../../support/matrix/places.js';
import type { OpenApiDocument, PlacedOperation } from '../../support/openapi.js';
import { idOf, knownFor, OWNERS } from './known-values.js';
import { Members, type Node, type Ref } from './nodes.js';

export interface ValueSchema extends Schema {
  pattern?: string;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  minItems?: number;
  maxItems?: number;
  example?: unknown;
}

const RESOURCES = ['leads', 'members', 'settings', 'apiKeys', 'invoices', 'nothing', 'constructor'];
const ACTIONS = ['view', 'create', 'edit', 'delete', 'approve', 'toString'];

/** A few items are enough to be more than one. */
const MANY = 4;
const LONG = 60;

/** Values that an operation's schemas allow, mostly such as exist in the tenants of the run. */
export class Values {
  private readonly schemas: Schemas;
  private readonly places: Place[];

  constructor(
    document: OpenApiDocument,
    private readonly operation: PlacedOperation,
  ) {
    this.schemas = document.components.schemas;
    this.places = placesOf(operation, document);
  }

  of(name: string, schema: ValueSchema): fc.Arbitrary<Node> {
    const { type = [], ...rest } = this.resolve(schema);
    const [only] = [type].flat().filter((one) => one !== 'null');
    const value =
      only === undefined && type === 'null' ? fc.constant(null) : this.ofType(name, { ...rest, type: only });
    return [type].flat().includes('null')
      ? fc.oneof({ weight: 4, arbitrary: value }, { weight: 1, arbitrary: fc.constant(null) })
      : value;
  }

  /** A value that helps the request to succeed; `undefined` leaves it to the example. */
  rightFor(name: string): Ref | undefined {
    const place = this.placeOf(name);
    return place ? idOf(place, 'own') : knownFor(this.operation, name)[0];
  }

  private resolve(schema: ValueSchema): ValueSchema {
    const [only] = schema.anyOf ?? [];
    const reference = schema.$ref ?? only?.$ref;
    if (reference === undefined) return schema;
    return this.schemas[reference.split('/').pop() ?? ''] ?? {};
  }

  private ofType(name: string, schema: ValueSchema): fc.Arbitrary<Node> {
    const { type, minimum = -(2 ** 31), maximum = 2 ** 31, minItems = 0, maxItems = MANY } = schema;
    if (schema.enum) return fc.constantFrom(...(schema.enum as (string | null)[]));
    if (type === 'boolean') return fc.boolean();
    if (type === 'integer' || type === 'number') return fc.integer({ min: minimum, max: maximum });
    if (type === 'array') {
      const size = { minLength: minItems, maxLength: Math.min(maxItems, MANY) };
      return fc.array(this.of(name, schema.items ?? {}), size);
    }
    if (type === 'object' || schema.properties)
      return schema.properties ? this.ofMembers(schema) : permissions();
    return this.ofText(name, schema);
  }

  private ofMembers({ properties = {}, required = [] }: ValueSchema): fc.Arbitrary<Members> {
    const members = Object.entries(properties).map(([name, schema]) => {
      const member = this.of(name, schema).map((node) => [name, node] as const);
      return required.includes(name) ? member : fc.option(member, { freq: 2 });
    });
    return fc
      .tuple(...members)
      .map(
        (list) => new Members(list.filter((member): member is readonly [string, Node] => member !== null)),
      );
  }

  private ofText(name: string, schema: ValueSchema): fc.Arbitrary<Node> {
    const place = this.placeOf(name);
    if (place) {
      const ids = fc.constantFrom<Node[]>(...OWNERS.map((owner) => idOf(place, owner)));
      return fc.oneof(
        { weight: 3, arbitrary: fc.constant(idOf(place, 'own')) },
        { weight: 3, arbitrary: ids },
        { weight: 1, arbitrary: ofForm(schema) },
      );
    }
    const [right, ...others] = knownFor(this.operation, name);
    if (!right) return ofForm(schema);
    return fc.oneof(
      { weight: 4, arbitrary: fc.constant<Node>(right) },
      { weight: 2, arbitrary: fc.constantFrom<Node[]>(right, ...others) },
      { weight: 1, arbitrary: ofForm(schema) },
    );
  }

  private placeOf(name: string): Place | undefined {
    return this.places.find(({ path }) => path.findLast((step) => typeof step === 'string') === name);
  }
}

const permissions = (): fc.Arbitrary<Members> =>
  fc
    .dictionary(fc.constantFrom(...RESOURCES), fc.dictionary(fc.constantFrom(...ACTIONS), fc.boolean()), {
      maxKeys: 3,
    })
    .map(
      (all) =>
        new Members(
          Object.entries(all).map(([name, actions]) => [name, new Members(Object.entries(actions))] as const),
        ),
    );

/** Text of the form that the schema requires. */
function ofForm({
  format,
  pattern,
  minLength = 0,
  maxLength = LONG,
  example,
}: ValueSchema): fc.Arbitrary<string> {
  const own = typeof example === 'string' ? [example] : [];
  if (format === 'email')
    return fc.oneof(fc.emailAddress(), fc.constantFrom('ADA@Example.com', 'a+b@müller.example', ...own));
  if (format === 'phone')
    return fc.oneof(fc.stringMatching(/^\+[1-9][0-9]{7,13}$/), fc.constantFrom('+91 98765 43210', ...own));
  if (format === 'uuid') return fc.uuid();
  if (format === 'date-time') {
    return fc
      .date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true })
      .map((date) => date.toISOString());
  }
  if (pattern !== undefined)
    return fc.oneof(fc.stringMatching(new RegExp(pattern)), ...own.map((text) => fc.constant(text)));
  const size = { minLength, maxLength: Math.min(maxLength, LONG) };
  return fc.oneof(
    fc.string(size),
    fc.string({ ...size, unit: 'grapheme' }),
    ...own.map((text) => fc.constant(text)),
  );
}
