import { sentenceOf, waitOf } from './problems.js';

it('says in sentences what is wrong with each field', () => {
  const errors = [{ pointer: '#/reason', detail: 'must be at least 1 character long' }];
  expect(
    sentenceOf(400, { title: 'The request has invalid fields', code: 'validation_failed', errors }, null),
  ).toBe('The request has invalid fields. reason must be at least 1 character long.');
});

it('says when to try again, and by what an error of the server is found', () => {
  expect(sentenceOf(429, { code: 'too_many_attempts', title: 'x' }, '150')).toBe(
    'Too many failed attempts. Try again in 3 minutes.',
  );
  expect(sentenceOf(503, { title: 'The service is busy or not ready', instance: 'r-1' }, '1')).toBe(
    'The service is busy or not ready. Try again in 1 second. The request is r-1.',
  );
});

it('says something of an answer that is no problem of the contract, such as that of a proxy', () => {
  expect(sentenceOf(502, {}, null)).toBe('The server answered with status 502.');
  expect(waitOf(Number.NaN)).toBe('a moment');
});
