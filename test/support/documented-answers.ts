import { ERROR_CATALOGUE } from '../../src/common/error-catalogue.js';
import { findSchemaFaults } from './conforms.js';
import { dialectAt, findOperation, type Found } from './documents.js';

/** What any address may answer before it knows what was asked. */
export const BEFORE_ANY_OPERATION: readonly string[] = [
  'malformed_request',
  'malformed_json',
  'body_too_large',
  'unsupported_media_type',
  'route_not_found',
  'method_not_allowed',
  'headers_too_large',
];

/** What the server answers to a request that is not for it, or that does not arrive in time. */
const BEFORE_ANY_ADDRESS: readonly string[] = ['misdirected_request', 'request_timeout'];

export interface ReceivedAnswer {
  method: string;
  path: string;
  status: number;
  /** The value of `Content-Type`. */
  type: string;
  text: string;
}

/**
 * Collects the answers that the clients of a spec file receive, and finds those that differ from what the document of
 * their operation says. Nothing is looked up before the suite is over, so that no test waits for it.
 */
class DocumentedAnswers {
  private readonly received = new Map<string, ReceivedAnswer>();

  add(answer: ReceivedAnswer): void {
    const { method, path, status, text } = answer;
    this.received.set(`${method} ${path.split('?')[0]} ${status} ${text}`, answer);
  }

  assertAll(): void {
    const lines = [...this.received.values()].flatMap((answer) =>
      findAnswerFaults(answer).map((fault) => `${answer.method} ${answer.path}: ${answer.status} ${fault}`),
    );
    if (lines.length > 0)
      throw new Error(['Answers that differ from the documents:', ...new Set(lines)].join('\n  '));
  }
}

/** One for each spec file: jest gives every file modules of its own. */
export const documentedAnswers = new DocumentedAnswers();

/** The differences between an answer and its document; none where no document has the operation. */
function findAnswerFaults(answer: ReceivedAnswer): string[] {
  const found = findOperation(answer.method, answer.path);
  if (!found) return [];
  return answer.status < 400 ? findSuccessFaults(found, answer) : findRefusalFaults(found, answer);
}

export function findSuccessFaults({ operation, contract }: Found, answer: ReceivedAnswer): string[] {
  const { status, type, text } = answer;
  const documented = operation.responses[String(status)];
  if (!documented) return [`the status ${status} is not documented`];
  const [content] = Object.entries(documented.content ?? {});
  if (!content) return text === '' ? [] : [`a body where none is documented`];
  const [mediaType, { schema }] = content;
  if (type.split(';')[0] !== mediaType) return [`the media type is ${type}`];
  const { schemas } = contract.document.components;
  const { contentSchema } = schema;
  if (contentSchema) {
    const lines = text.split('\n').filter((line) => line !== '');
    return lines.flatMap((line) => findSchemaFaults(schemas, contentSchema, JSON.parse(line)));
  }
  return findSchemaFaults(schemas, schema, mediaType === 'application/json' ? JSON.parse(text) : text);
}

function findRefusalFaults(found: Found, { status, type, text }: ReceivedAnswer): string[] {
  const { operation, contract } = found;
  const { schemas } = contract.document.components;
  const dialect = dialectAt(found);
  const body = JSON.parse(text) as { code?: string; errors?: { code: string; field?: string }[] | null };
  // By a server that does not serve this contract
  if (body.code === 'route_not_found') return [];
  if (type.split(';')[0] !== dialect.mediaType) return [`the media type is ${type}`];
  const code = body.code ?? body.errors?.[0]?.code ?? '';
  if (isBeforeAnyOperation(code)) return findSchemaFaults(schemas, dialect.schema, body);
  const schema = operation.responses[String(status)]?.content?.[dialect.mediaType]?.schema;
  if (!schema) return [`the status ${status} is not documented: ${code}`];
  // Within the envelope a field may say what is wrong with it in words of its own
  const isNamed = !(code in ERROR_CATALOGUE) || operation['x-problems'].includes(code);
  return [...(isNamed ? [] : [`${code} is not documented`]), ...findSchemaFaults(schemas, schema, body)];
}

function isBeforeAnyOperation(code: string): boolean {
  return BEFORE_ANY_OPERATION.includes(code) || BEFORE_ANY_ADDRESS.includes(code);
}
