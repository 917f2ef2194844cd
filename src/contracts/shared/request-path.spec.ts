import { requestPath } from './request-path.js';

it.each([
  ['/auth/me', '/auth/me'],
  ['/auth/me?a=/b', '/auth/me'],
  ['/auth/me#/b', '/auth/me'],
  ['http://other.example/api/v1/auth/me?a=b', '/api/v1/auth/me'],
  ['HTTPS://user@other.example:8443/api/v1', '/api/v1'],
  ['http://other.example?a', ''],
  ['/%61pi/v1/auth/%6de', '/api/v1/auth/me'],
  ['/api%2fv1', '/api%2fv1'],
  ['/api/v1/%c0%af', '/api/v1/%c0%af'],
  ['/a/http://b/c', '/a/http://b/c'],
])('the path of %s is %s', (target, path) => {
  expect(requestPath(target)).toBe(path);
});
