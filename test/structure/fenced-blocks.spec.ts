import { existsSync, readFileSync } from 'node:fs';
import { blocksOf, DOCUMENTS } from '../support/fenced-blocks.js';

const NO_CODE = 'shows a message or a drawing; there is nothing to run';
const OPERATOR_COMMANDS = 'test/e2e/readme.e2e-spec.ts';
const EXAMPLES = 'test/e2e/documents.e2e-spec.ts';
const CI_PAGE = 'test/e2e/ephemeral/ci-page.e2e-spec.ts';
const RUNBOOKS = 'test/e2e/platform/runbooks.e2e-spec.ts';
const CLIENT = 'test/e2e/client-documents.e2e-spec.ts';

/** The tests that execute a block, by its document and the beginning of its first line. */
const RUN: Record<string, string> = {
  'README.md base=http://127.0.0.1:3000': OPERATOR_COMMANDS,
  'docs/api-keys.md const [, random, check]': EXAMPLES,
  'docs/backup.md PGOPTIONS=': 'test/faults/backup.e2e-spec.ts',
  'docs/backup.md pg_basebackup': 'test/faults/backup.e2e-spec.ts',
  'docs/backup.md pg_restore': 'test/faults/backup.e2e-spec.ts',
  'docs/backup.md DATABASE_URL=': 'test/faults/backup.e2e-spec.ts',
  'docs/browser-sessions.md const options': CLIENT,
  'docs/browser-sessions.md import': CLIENT,
  'docs/ci.md npx gatehouse': CI_PAGE,
  'docs/ci.md demo.json': 'test/e2e/ephemeral/vanishing.e2e-spec.ts',
  'docs/ci.md curl -fsS -X POST http://127.0.0.1:3000/dev/reset': CI_PAGE,
  'docs/ci.md curl -fsS http://127.0.0.1:3000/dev/clock': CI_PAGE,
  'docs/ci.md curl -fsS http://127.0.0.1:3000/dev/faults': CI_PAGE,
  'docs/databases.md CREATE ROLE gatehouse LOGIN': EXAMPLES,
  'docs/databases.md CREATE ROLE gatehouse_server': EXAMPLES,
  'docs/deployment.md upstream gatehouse': 'test/support/nginx.ts',
  'docs/import.md npm run admin -- import': RUNBOOKS,
  'docs/import.md {"type":"tenant"': EXAMPLES,
  'docs/metrics.md scrape_configs': EXAMPLES,
  'docs/operations.md SELECT': RUNBOOKS,
  'docs/operations.md curl': RUNBOOKS,
  'docs/operations.md npm run admin': RUNBOOKS,
  'docs/operations.md npm run revoke': RUNBOOKS,
  'docs/operators.md npm run admin -- tenant': RUNBOOKS,
  'docs/operators.md npm run admin -- operator': RUNBOOKS,
  'docs/operators.md npm run admin -- overview': RUNBOOKS,
  'docs/operators.md npm run admin -- key': RUNBOOKS,
  'docs/operators.md npm run admin -- person': RUNBOOKS,
  'docs/operators.md curl': RUNBOOKS,
  'docs/operators.md OPERATOR=': RUNBOOKS,
  'docs/product-services.md location /': 'test/support/nginx-before.ts',
  // Played by what it configures: neither program can be had here
  'docs/product-services.md # Traefik': 'test/support/documented-gateways.ts',
  'docs/product-services.md # Envoy': 'test/support/documented-gateways.ts',
  'docs/scaling.md # postgresql.conf': 'test/support/patroni-cluster.ts',
  'docs/scaling.md scope: gatehouse': 'test/support/patroni-cluster.ts',
  'docs/scaling.md defaults': 'test/support/patroni-cluster.ts',
  'docs/service-accounts.md curl': EXAMPLES,
  'docs/service-accounts.md // Express and Nest': 'test/e2e/decoders.e2e-spec.ts',
  'docs/service-accounts.md # FastAPI': 'test/e2e/decoders.e2e-spec.ts',
  'docs/service-accounts.md // Go': 'test/e2e/decoders.e2e-spec.ts',
  'docs/signing-keys.md npm run signing-keys': RUNBOOKS,
  'docs/sms.md const [, t, mac]': EXAMPLES,
  'docs/two-factor.md npm run admin': RUNBOOKS,
  'examples/invoices-service/README.md npm run admin': 'test/e2e/invoices-service.e2e-spec.ts',
  'examples/single-page-app/README.md npx tsc': 'test/e2e/single-page-app.e2e-spec.ts',
  'clients/typescript/README.md npx tsc': CLIENT,
  'clients/typescript/README.md import { createClient }': CLIENT,
  'clients/typescript/README.md import { createClient, memoryStore }': CLIENT,
};

/** The blocks that no test executes, each with the reason. */
const NOT_RUN: Record<string, string> = {
  'README.md npm ci && npm start': 'a clean checkout; .ci/run and the demo start the server',
  'README.md npm ci && npm test': 'it is what .ci/run runs',
  'README.md npm ci && npm run build':
    'removes the packages of the tests; test/e2e/package.e2e-spec.ts does it in a copy',
  'docs/api-keys.md POST /auth/api-keys': NO_CODE,
  'docs/api-keys.md Authorization: Bearer': NO_CODE,
  'docs/architecture.md client': NO_CODE,
  'docs/attack-pack.md npm run attack': 'takes minutes; the attack pack has a suite of its own',
  'docs/attack-pack.md {': 'the form of a case, which is not complete by itself',
  'docs/containers.md printf':
    'needs Docker; test/e2e/containers.e2e-spec.ts runs the same layout under bubblewrap',
  'docs/faults.md npm run test:faults': 'takes hours',
  'docs/idempotency.md POST /auth/api-keys': NO_CODE,
  'docs/organising-members.md {': NO_CODE,
  'docs/scaling.md clients': NO_CODE,
  'docs/schema.md erDiagram':
    'a drawing that npm run schema writes; src/boot/entities.int-spec.ts compares it',
  'docs/service-accounts.md PRODUCT_AUDIENCES=': 'a setting; test/e2e/product-audiences.e2e-spec.ts uses it',
  'docs/service-accounts.md // Spring':
    'Debian has neither Spring Security nor Nimbus JOSE, and npm no Java; test/e2e/decoders.e2e-spec.ts compares it with tokens',
  'docs/sms.md SMS_URL=twilio': 'a setting; test/support/sms-provider.ts is its other end',
  'docs/sms.md SMS_URL=https': 'a setting; test/support/sms-provider.ts is its other end',
  'docs/sms.md {': NO_CODE,
  'docs/two-factor.md {': NO_CODE,
  'examples/playwright/README.md npm install':
    'needs @playwright/test; test/e2e/ephemeral/playwright.e2e-spec.ts runs its tests with playwright-core',
};

const blocks = DOCUMENTS.flatMap(blocksOf).map(({ path, text }) => `${path} ${text.split('\n')[0] ?? ''}`);
const listed = [...Object.keys(RUN), ...Object.keys(NOT_RUN)];

it('every block of the documents is executed by a test, or listed with the reason why not', () => {
  expect(blocks.length).toBeGreaterThan(50);
  expect(blocks.filter((block) => !listed.some((known) => block.startsWith(known)))).toEqual([]);
});

it('lists no block twice, and none that is gone', () => {
  expect(listed.filter((known) => !blocks.some((block) => block.startsWith(known)))).toEqual([]);
  expect(new Set(listed).size).toBe(listed.length);
});

it('names tests that exist and read documents, and files that exist', () => {
  for (const test of new Set(Object.values(RUN)))
    expect([test, /docs|README|examples/.test(readFileSync(test, 'utf8'))]).toEqual([test, true]);
  const named = Object.values(NOT_RUN).flatMap(
    (reason) => reason.match(/\b(?:test|src)\/[\w./-]+\.ts/g) ?? [],
  );
  expect(named.filter((file) => !existsSync(file))).toEqual([]);
});
