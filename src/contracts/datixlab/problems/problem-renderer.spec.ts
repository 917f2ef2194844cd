import { AppError, type AppErrorOptions } from '../../../common/app-error.js';
import { ERROR_CATALOGUE, type ErrorCode } from '../../../common/error-catalogue.js';
import { ReauthenticationRequired } from '../../../modules/passwords/passwords.errors.js';
import { ProblemDetails } from '../../shared/problem-details.js';
import { ProblemRenderer } from './problem-renderer.js';

const PUBLIC_URL = 'https://id.example.com';
const responseOf = (error: AppError) => ({ error, ...ERROR_CATALOGUE[error.code], requestId: 'request-1' });
const render = (error: AppError) => new ProblemRenderer(PUBLIC_URL).render(responseOf(error));
const withField = (pointer: string, code = 'some_code'): AppErrorOptions => ({
  errors: [{ pointer, code, detail: 'must be better' }],
});

describe('a problem of the datixlab contract', () => {
  it.each(Object.keys(ERROR_CATALOGUE) as ErrorCode[])(
    'reports %s with the title and status of the catalogue',
    (code) => {
      const error = new AppError(code, { detail: 'Try again.', context: { secret: 'canary' } });
      expect(render(error)).toEqual(new ProblemDetails(PUBLIC_URL).render(responseOf(error)));
    },
  );

  it.each([
    ['#/companyName', '#/organization_name'],
    ['#/firstName', '#/full_name'],
    ['#/lastName', '#/full_name'],
    ['#/newPassword', '#/new_password'],
    ['#/currentPassword', '#/current_password'],
    ['#/email', '#/email'],
    ['#/full_name', '#/full_name'],
    ['#/scopes/0', '#/scopes/0'],
    ['#', '#'],
  ])('points, where the core says %s, to %s', (pointer, expected) => {
    expect(render(new AppError('validation_failed', withField(pointer)))).toMatchObject({
      errors: [{ pointer: expected, code: 'some_code', detail: 'must be better' }],
    });
  });

  it('names a member that it does not know as the client named it', () => {
    const error = new AppError('validation_failed', withField('#/companyName', 'unknown_field'));
    expect(render(error)).toMatchObject({ errors: [{ pointer: '#/companyName' }] });
  });

  it('leaves what is no member as it is', () => {
    const detail = 'Send either `Authorization` or `X-API-Key`, not both.';
    expect(render(new AppError('malformed_request', { detail }))).toMatchObject({ detail });
  });

  it('speaks of its own members in its advice', () => {
    const { detail } = render(new ReauthenticationRequired(['currentPassword', 'code'])) as {
      detail: string;
    };
    expect(detail).toBe('Send `current_password` and `code`, or sign in again first.');
  });
});
