import fc from 'fast-check';
import type { OpenApiDocument, Parameter, PlacedOperation } from '../../support/openapi.js';
import { type BodyMutation, bodyMutation, nasty } from './body-mutations.js';
import { type HttpMutation, httpMutation } from './http-mutations.js';
import { type Known, Members, type Node, Raw, Ref, toNode, write } from './nodes.js';
import { Values, type ValueSchema } from './values.js';

/** The request as it is sent. */
export interface WireRequest {
  method: string;
  path: string;
  /** Names and values in turn; a name may occur twice. */
  headers: string[];
  body: string | Buffer | null;
}

type Part = string | Ref;

interface Draft {
  path: Part[];
  query: (readonly [string, Part])[];
  body: Node | undefined;
  type: string;
  mutation?: HttpMutation;
}

/** One request, in terms of known values. */
export class FuzzedRequest {
  constructor(
    private readonly method: string,
    private readonly draft: Draft,
  ) {}

  /** `credential` is the caller's own header, if there is one. */
  resolve(known: Known, credential: string[]): WireRequest {
    const { path, query, body, type, mutation } = this.draft;
    const text = (part: Part) => (part instanceof Ref ? known(part.name) : part);
    const address = path
      .map((part) => (part instanceof Ref ? encodeURIComponent(text(part)) : part))
      .join('');
    const asked = query.map(([name, part]) => `${encode8(name)}=${encode8(text(part))}`);
    const sent = body === undefined ? null : encode(body, type, known);
    const request: WireRequest = {
      method: this.method,
      path: asked.length > 0 ? `${address}?${asked.join('&')}` : address,
      headers: [...credential, ...(sent === null ? [] : ['content-type', type])],
      body: sent,
    };
    return mutation ? mutation.apply(request) : request;
  }

  [fc.toStringMethod](): string {
    const { path, query, body, type, mutation } = this.draft;
    const shown = { path, query, body, type, ...(mutation && { mutation: mutation.name }) };
    return `${this.method} ${fc.stringify(shown)}`;
  }
}

const JSON_TYPE = 'application/json';
const FORM_TYPE = 'application/x-www-form-urlencoded';
const MULTIPART_TYPE = 'multipart/form-data; boundary=fuzz';

/** A picture of one pixel. */
const PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

function encode(body: Node, type: string, known: Known): string | Buffer {
  if (type === MULTIPART_TYPE) return upload(body, known);
  if (type !== FORM_TYPE || !(body instanceof Members)) return write(body, known);
  const fields = body.list.map(([name, node]) => [name, formText(node, known)] as const);
  return fields.map(([name, value]) => `${encode8(name)}=${encode8(value)}`).join('&');
}

const encode8 = (text: string): string => encodeURIComponent(text.toWellFormed());

function formText(node: Node, known: Known): string {
  if (node instanceof Ref) return known(node.name);
  return typeof node === 'string' ? node : write(node, known);
}

function upload(body: Node, known: Known): Buffer {
  const members = body instanceof Members ? body.list : [['file', body] as const];
  const parts = members.map(([name, node]) => {
    const isPicture = node instanceof Ref;
    const head = `--fuzz\r\ncontent-disposition: form-data; name="${encode8(name)}"; filename="x.png"\r\n`;
    const content = isPicture ? PIXEL : Buffer.from(formText(node, known));
    return Buffer.concat([
      Buffer.from(`${head}content-type: image/png\r\n\r\n`),
      content,
      Buffer.from('\r\n'),
    ]);
  });
  return Buffer.concat([...parts, Buffer.from('--fuzz--\r\n')]);
}

/** The documented request, with as many right values as are known. */
export function happyRequest(document: OpenApiDocument, operation: PlacedOperation): FuzzedRequest {
  const values = new Values(document, operation);
  const type = typesOf(operation)[0] ?? JSON_TYPE;
  const example = toNode(operation.requestBody?.content[JSON_TYPE]?.example ?? {});
  const members = example instanceof Members ? example.list : [];
  const right = new Members(members.map(([name, node]) => [name, values.rightFor(name) ?? node]));
  const file = new Members([['file', new Ref('picture')]]);
  return new FuzzedRequest(operation.method, {
    path: pathOf(
      operation,
      ({ name, schema }) => values.rightFor(name) ?? schema.example ?? '',
      operation.parameters,
    ),
    query: operation.parameters
      .filter((parameter) => parameter.in === 'query' && parameter.required)
      .map(({ name, schema }) => [name, values.rightFor(name) ?? schema.example ?? '']),
    body: operation.requestBody ? (type === MULTIPART_TYPE ? file : right) : undefined,
    type,
  });
}

function typesOf({ requestBody }: PlacedOperation): string[] {
  return Object.keys(requestBody?.content ?? {}).map((type) =>
    type.startsWith('multipart/') ? MULTIPART_TYPE : type,
  );
}

function pathOf(
  { path }: PlacedOperation,
  partFor: (parameter: Parameter) => Part,
  parameters: Parameter[] = [],
): Part[] {
  return path.split(/(\{\w+\})/).flatMap((piece): Part[] => {
    const name = /^\{(\w+)\}$/.exec(piece)?.[1];
    if (name === undefined) return piece === '' ? [] : [piece];
    const parameter = parameters.find((one) => one.in === 'path' && one.name === name);
    return [partFor(parameter ?? { name, in: 'path', required: true, schema: {} })];
  });
}

/** Requests of every kind: half of them valid, or nearly so. */
export function requestsTo(
  document: OpenApiDocument,
  operation: PlacedOperation,
): fc.Arbitrary<FuzzedRequest> {
  const valid = draftsOf(document, operation);
  const changedBody = fc.tuple(valid, bodyMutation).map(([draft, change]) => withBody(draft, change));
  const changedText = fc
    .tuple(valid, fc.nat(), nasty)
    .map(([draft, index, by]) => withText(draft, index, by));
  const changedHttp = fc.tuple(valid, httpMutation).map(([draft, mutation]) => ({ ...draft, mutation }));
  const twice = fc.tuple(changedBody, httpMutation).map(([draft, mutation]) => ({ ...draft, mutation }));
  const hasTexts = operation.parameters.length > 0;
  return fc
    .oneof(
      { weight: 3, arbitrary: valid },
      { weight: operation.requestBody ? 6 : 1, arbitrary: changedBody },
      { weight: hasTexts ? 4 : 1, arbitrary: changedText },
      { weight: 3, arbitrary: changedHttp },
      { weight: 1, arbitrary: twice },
    )
    .map((draft) => new FuzzedRequest(operation.method, draft));
}

function draftsOf(document: OpenApiDocument, operation: PlacedOperation): fc.Arbitrary<Draft> {
  const values = new Values(document, operation);
  const inPath = operation.parameters.filter((parameter) => parameter.in === 'path');
  const inQuery = operation.parameters.filter((parameter) => parameter.in === 'query');
  const types = typesOf(operation);
  return fc.record({
    path: fc
      .tuple(...inPath.map(({ name, schema }) => values.of(name, schema)))
      .map((nodes) =>
        pathOf(operation, ({ name }) => asPart(nodes[inPath.findIndex((one) => one.name === name)] ?? '')),
      ),
    query: fc
      .tuple(
        ...inQuery.map(({ name, schema, required }) => {
          const one = values.of(name, schema).map((node) => [name, asPart(node)] as const);
          return required ? one : fc.option(one, { freq: 2 });
        }),
      )
      .map((list) => list.filter((one): one is readonly [string, Part] => one !== null)),
    body: bodiesOf(operation, values),
    type: types.length > 0 ? fc.constantFrom(...types) : fc.constant(JSON_TYPE),
  });
}

function bodiesOf({ requestBody }: PlacedOperation, values: Values): fc.Arbitrary<Node | undefined> {
  const [schema] = Object.values(requestBody?.content ?? {}).map((content) => content.schema as ValueSchema);
  if (!schema) return fc.constant(undefined);
  if (requestBody?.content['multipart/form-data']) {
    return fc.constantFrom<Node[]>(
      new Members([['file', new Ref('picture')]]),
      new Members([['file', 'no picture']]),
    );
  }
  return values.of('', schema);
}

function asPart(node: Node): Part {
  if (node instanceof Ref) return node;
  return typeof node === 'string' ? encode8(node) : encode8(write(node, () => ''));
}

function withBody(draft: Draft, change: BodyMutation): Draft {
  return { ...draft, body: change(draft.body ?? new Members([])) };
}

/** Another text in one place of the path, or an unknown parameter. */
function withText(draft: Draft, index: number, by: Node): Draft {
  const text = by instanceof Raw ? by.text : typeof by === 'string' ? by : write(by, () => '');
  const inPath = draft.path.flatMap((part, at) => (part instanceof Ref ? [at] : []));
  const places = inPath.length + draft.query.length + 1;
  const place = index % places;
  const short = text.slice(0, 6_000);
  if (place < inPath.length) {
    return { ...draft, path: draft.path.map((part, at) => (at === inPath[place] ? encode8(short) : part)) };
  }
  const query = draft.query.map((one, at) =>
    at === place - inPath.length ? ([one[0], short] as const) : one,
  );
  return {
    ...draft,
    query: place === places - 1 ? [...query, [`x${short.slice(0, 20)}`, short] as const] : query,
  };
}
