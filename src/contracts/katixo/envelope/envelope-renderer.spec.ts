import { AppError } from '../../../common/app-error.js';
import { ERROR_CATALOGUE, type ErrorCode } from '../../../common/error-catalogue.js';
import { EnvelopeRenderer } from './envelope-renderer.js';

const render = (error: AppError) => {
  const { status, title } = ERROR_CATALOGUE[error.code];
  return new EnvelopeRenderer().render({ error, status, title, requestId: 'request-1' });
};

describe('an error response in the envelope', () => {
  it('has the four keys of every response, and an error', () => {
    expect(render(new AppError('invalid_credentials', { detail: 'Check them.' }))).toEqual({
      success: false,
      message: 'The credentials are wrong',
      data: null,
      errors: [{ code: 'invalid_credentials', message: 'Check them.' }],
    });
  });

  it('says its title where there is nothing to add', () => {
    expect(render(new AppError('not_found')).errors).toEqual([
      { code: 'not_found', message: 'There is no such thing here' },
    ]);
  });

  it.each([
    ['#/phone', 'phone'],
    ['#/companyName', 'businessName'],
    ['#/firstName', 'name'],
    ['#/lastName', 'name'],
    ['#/items/0/a~1b~0c', 'items.0.a/b~c'],
  ])('names the field that %s points to %s', (pointer, field) => {
    const errors = [{ pointer, code: 'some_code', detail: 'must be better' }];
    const rendered = render(new AppError('validation_failed', { errors }));
    expect(rendered.errors).toEqual([{ code: 'some_code', field, message: 'must be better' }]);
  });

  it('serves nothing that is meant for the log', () => {
    const error = new AppError('internal_error', {
      context: { secret: 'canary' },
      cause: new Error('canary'),
    });
    expect(JSON.stringify(render(error))).not.toContain('canary');
  });

  it.each(Object.keys(ERROR_CATALOGUE) as ErrorCode[])('can tell of %s', (code) => {
    const { success, data, errors, message } = render(new AppError(code));
    expect({ success, data }).toEqual({ success: false, data: null });
    expect(errors).toEqual([{ code, message }]);
  });
});
