import { ERROR_CATALOGUE } from '../../src/common/error-catalogue.js';
import { findOperation } from './documents.js';

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

interface Problem {
  method: string;
  path: string;
  code: string;
}

/**
 * Collects the problems that the clients of a spec file receive, and finds those that the document of their operation
 * does not name. Nothing is looked up before the suite is over, so that no test waits for it.
 */
class UndocumentedProblems {
  private readonly received = new Map<string, Problem>();

  add(method: string, path: string, status: number, body: unknown): void {
    if (status < 400) return;
    const { code: own, errors } = body as { code?: string; errors?: { code: string }[] | null };
    const code = own ?? errors?.[0]?.code;
    const address = path.split('?')[0] ?? '';
    if (code !== undefined)
      this.received.set(`${method} ${address} ${code}`, { method, path: address, code });
  }

  assertNone(): void {
    const found = [...this.received.values()].filter(isUndocumented);
    const lines = found.map(({ method, path, code }) => `${method} ${path}: ${code}`);
    if (lines.length > 0)
      throw new Error(['Problems that the documents do not name:', ...lines].join('\n  '));
  }
}

/** One for each spec file: jest gives every file modules of its own. */
export const undocumentedProblems = new UndocumentedProblems();

function isUndocumented({ method, path, code }: Problem): boolean {
  if (BEFORE_ANY_OPERATION.includes(code) || BEFORE_ANY_ADDRESS.includes(code)) return false;
  // Within the envelope a field may say what is wrong with it in words of its own
  if (!(code in ERROR_CATALOGUE)) return false;
  const found = findOperation(method, path);
  return found !== null && !found.operation['x-problems'].includes(code);
}
