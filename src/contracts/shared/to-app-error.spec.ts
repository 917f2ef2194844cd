import { NotFoundException } from '@nestjs/common';
import { AppError } from '../../common/app-error.js';
import { toAppError } from './to-app-error.js';

class DriverError extends Error {
  constructor(readonly code: string) {
    super('from the driver');
  }
}

describe('what is thrown becomes an error with a code:', () => {
  it.each([
    '08006',
    '25006',
    '25P03',
    '28P01',
    '40001',
    '40P01',
    '53300',
    '55P03',
    '57014',
    '57P01',
    '57P05',
    'EAI_AGAIN',
    'ECONNRESET',
    'EHOSTUNREACH',
  ])('a database or network that does not answer now (%s) is 503 with a time to retry', (code) => {
    const error = toAppError(new DriverError(code));
    expect([error.code, error.options.retryAfterSeconds]).toEqual(['service_unavailable', 2]);
  });

  it.each([
    'timeout exceeded when trying to connect',
    'Connection terminated unexpectedly',
    'Query read timeout',
    'Query runner already released. Cannot run queries anymore.',
    'Client has encountered a connection error and is not queryable',
    'Client was closed and is not queryable',
    'Database connection provided by a query runner was already released, cannot continue to use its querying methods anymore.',
    'Cannot use a pool after calling end on the pool',
  ])('so is what the driver reports as "%s"', (message) =>
    expect(toAppError(new Error(message)).code).toBe('service_unavailable'),
  );

  it.each(['23505', '42703', '22P02', 'ERR_ASSERTION'])('a fault of the program (%s) is 500', (code) => {
    expect(toAppError(new DriverError(code)).code).toBe('internal_error');
  });

  it.each([null, undefined, 'text', 42])('%s, which is no error, is 500', (thrown) => {
    expect(toAppError(thrown).code).toBe('internal_error');
  });

  it('an error of the core stays what it is, and one of the framework gets its code', () => {
    const own = new AppError('email_taken');
    expect(toAppError(own)).toBe(own);
    expect(toAppError(new NotFoundException()).code).toBe('route_not_found');
    expect(toAppError({ statusCode: 413 }).code).toBe('body_too_large');
  });
});
