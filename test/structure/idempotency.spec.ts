import { readdirSync, readFileSync } from 'node:fs';
import { IDEMPOTENCY_PROBLEMS } from '../../src/modules/idempotency/idempotency.errors.js';
import { IDEMPOTENT_OPERATIONS } from '../support/idempotent-operations.js';
import type { OpenApiDocument } from '../support/openapi.js';

/** What creates something, and needs no key: it has one effect by itself, and returns no secret. */
const WITHOUT_KEY = [
  '/auth/invite/accept',
  '/api/v1/auth/invite/accept',
  '/tenants/current/roles',
  '/tenants/current/departments',
  '/tenants/current/teams',
];

const operations = readdirSync('openapi')
  .filter((name) => name.endsWith('.json'))
  .flatMap((name) => {
    const { paths } = JSON.parse(readFileSync(`openapi/${name}`, 'utf8')) as OpenApiDocument;
    return Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ path, method, ...operation })),
    );
  });
const withHeader = operations.filter(({ parameters }) =>
  parameters.some((parameter) => (parameter as { name?: string }).name === 'Idempotency-Key'),
);

it('each operation that is tested with an Idempotency-Key documents it, and no other one does', () => {
  const paths = withHeader.map(({ path, method }) => [method, path]);
  const tested = Object.keys(IDEMPOTENT_OPERATIONS).map((path) => ['post', path]);
  expect(paths.sort()).toEqual(tested.sort());
});

it('each operation that creates something accepts it, or is named here', () => {
  const creating = operations.filter(({ responses }) => '201' in responses).map(({ path }) => path);
  const accepting = withHeader.map(({ path }) => path);
  expect(creating.filter((path) => !accepting.includes(path)).sort()).toEqual([...WITHOUT_KEY].sort());
});

it.each(withHeader.map((operation) => [operation.path, operation['x-problems']]))(
  'POST %s documents what it can answer because of the key',
  (_, problems) => {
    expect(problems).toEqual(expect.arrayContaining([...IDEMPOTENCY_PROBLEMS]));
  },
);

it('is the innermost decorator but for the one that moves a token of the answer into a cookie', () => {
  const files = readdirSync('src/contracts', { recursive: true, encoding: 'utf8' });
  const uses = files
    .filter((file) => file.endsWith('.controller.ts'))
    .flatMap((file) => [
      ...readFileSync(`src/contracts/${file}`, 'utf8').matchAll(
        /@Idempotent\(.*\n(?: {2}@BrowserSession\('opens'\)\n)?(.*)/g,
      ),
    ]);
  expect(uses).toHaveLength(withHeader.length);
  for (const [, next] of uses) expect(next).toMatch(/^ {2}async \w+\(/);
});
