import { expect } from '@jest/globals';
import type { ErrorCode } from '../../src/common/error-catalogue.js';
import { ERROR_CATALOGUE } from '../../src/common/error-catalogue.js';
import type { Reply } from './client.js';
import { findMismatches, type ShapeOptions } from './shape.js';

declare global {
  // @types/jest is extended by merging into its namespace
  // eslint-disable-next-line @typescript-eslint/no-namespace
  namespace jest {
    interface Matchers<R> {
      /** The response is this problem, in the shape of RFC 9457 and with nothing else in it. */
      toBeProblem(code: ErrorCode, status?: number): R;
      /**
       * Every key of the printed example exists, with the same type and form, and the same value where it is a fixed
       * text.
       */
      toHaveShape(example: unknown, options?: ShapeOptions): R;
    }
  }
}

const REQUIRED = ['type', 'title', 'status', 'code', 'instance'];
const ALLOWED = new Set([...REQUIRED, 'detail', 'errors']);

function findProblemFaults(reply: Reply<unknown>, code: ErrorCode, status: number): string[] {
  const body = reply.body as Record<string, unknown>;
  const faults: string[] = [];
  const expected = { status, code, title: ERROR_CATALOGUE[code].title };
  if (reply.status !== status) faults.push(`HTTP status ${reply.status}, expected ${status}`);
  for (const [key, value] of Object.entries(expected)) {
    if (body[key] !== value)
      faults.push(`${key} ${JSON.stringify(body[key])}, expected ${JSON.stringify(value)}`);
  }
  const mediaType = reply.headers['content-type']?.split(';')[0];
  if (mediaType !== 'application/problem+json') faults.push(`media type ${mediaType}`);
  for (const key of ['type', 'instance']) {
    if (typeof body[key] !== 'string' || body[key] === '') faults.push(`${key} is no text`);
  }
  for (const key of Object.keys(body)) if (!ALLOWED.has(key)) faults.push(`unexpected key ${key}`);
  if ('detail' in body && typeof body.detail !== 'string') faults.push('detail is no text');
  if ('errors' in body) faults.push(...findFieldFaults(body.errors));
  if (status === 401 && !reply.headers['www-authenticate']?.startsWith('Bearer')) {
    faults.push(`WWW-Authenticate ${reply.headers['www-authenticate']}`);
  }
  if (status === 429 && !/^[1-9]\d*$/.test(reply.headers['retry-after'] ?? '')) {
    faults.push(`Retry-After ${reply.headers['retry-after']}`);
  }
  return faults;
}

function findFieldFaults(errors: unknown): string[] {
  if (!Array.isArray(errors) || errors.length === 0) return ['errors is no list, or an empty one'];
  return errors.flatMap((error: Record<string, unknown>, index) => {
    const faults: string[] = [];
    if (Object.keys(error).sort().join() !== 'code,detail,pointer')
      faults.push(`errors[${index}] has other keys`);
    if (!/^[#/?]/.test(String(error.pointer)))
      faults.push(`errors[${index}].pointer ${String(error.pointer)}`);
    return faults;
  });
}

function matcherResult(faults: string[], subject: string) {
  return {
    pass: faults.length === 0,
    message: () => (faults.length === 0 ? `${subject}: it does` : `${subject}:\n  ${faults.join('\n  ')}`),
  };
}

expect.extend({
  toBeProblem(reply: Reply<unknown>, code: ErrorCode, status: number = ERROR_CATALOGUE[code].status) {
    const faults = findProblemFaults(reply, code, status);
    return matcherResult(faults, `expected the problem ${code}, received ${reply.status} ${reply.text}`);
  },
  toHaveShape(received: unknown, example: unknown, options: ShapeOptions = {}) {
    const faults = findMismatches(received, example, options);
    return matcherResult(faults, `expected the printed shape, received ${JSON.stringify(received, null, 1)}`);
  },
});
