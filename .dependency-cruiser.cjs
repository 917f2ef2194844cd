/** Dependencies run contracts → access → modules → database → config → common; never back, never in a circle. */
const layer = (name, from, to) => ({ name, severity: 'error', from: { path: from }, to: { path: to } });

module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-folder-cycles',
      severity: 'error',
      scope: 'folder',
      from: { path: '^src/modules/[^/]+$' },
      to: { circular: true },
    },
    { name: 'declared', severity: 'error', from: {}, to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] } },
    {
      name: 'dev-is-loaded-only-outside-production',
      comment: 'By `import()`, where a development server needs it: production must run without src/dev',
      severity: 'error',
      from: { path: '^src', pathNot: '^src/dev/' },
      to: { path: '^src/dev/', dynamic: false },
    },
    {
      name: 'dev-is-loaded-in-three-places',
      severity: 'error',
      from: {
        path: '^src',
        pathNot: '^src/(dev/|app\\.module\\.ts$|boot/(open-database|own-postgres)\\.ts$)',
      },
      to: { path: '^src/dev/' },
    },
    layer('browser-scripts-know-the-browser-only', '^src/dev/browser/', '^(?!src/dev/browser/)'),
    layer(
      'the-console-knows-the-browser-only',
      '^src/contracts/platform/console/browser/(?!.*spec)',
      '^(?!src/contracts/platform/console/browser/|node_modules/lit-html/)',
    ),
    layer(
      'page-scripts-know-the-browser-only',
      '^src/contracts/shared/docs/page/(?!.*spec)',
      '^(?!src/contracts/shared/docs/page/)',
    ),
    layer(
      'embedded-postgres-knows-no-module',
      '^src/dev/embedded-postgres/',
      '^src/(?!dev/embedded-postgres/)',
    ),
    layer('common-is-the-ground', '^src/common', '^src/(config|database|modules|access|contracts)'),
    layer('config-knows-common-only', '^src/config', '^src/(database|modules|access|contracts)'),
    layer('database-knows-no-module', '^src/database', '^src/(modules|access|contracts)'),
    layer('core-knows-no-edge', '^src/modules', '^src/(access|contracts)'),
    layer('access-knows-no-contract', '^src/access', '^src/contracts'),
    layer(
      'contracts-know-no-table',
      '^src/(contracts|dev/(?!embedded-postgres/))',
      '(^src/database|/entities/|^node_modules/(typeorm|pg)/)',
    ),
    {
      name: 'contracts-are-independent',
      severity: 'error',
      from: { path: '^src/contracts/(primary|katixo|datixlab|platform)/' },
      to: { path: '^src/contracts/(primary|katixo|datixlab|platform)/', pathNot: '^src/contracts/$1/' },
    },
    {
      name: 'totp-has-one-port',
      severity: 'error',
      from: { path: '^src', pathNot: '^src/modules/two-factor/totp\\.ts$' },
      to: { path: '^node_modules/(@types/)?speakeasy/' },
    },
    {
      name: 'qr-codes-have-one-port',
      severity: 'error',
      from: { path: '^src', pathNot: '^src/modules/two-factor/qr-code\\.ts$' },
      to: { path: '^node_modules/(@types/)?qrcode/' },
    },
    {
      name: 'one-file-makes-type-ids',
      severity: 'error',
      from: { pathNot: '^src/contracts/datixlab/ids/type-id\\.ts$' },
      to: { path: '^node_modules/typeid-js/' },
    },
    {
      name: 'metrics-have-one-port',
      severity: 'error',
      from: { path: '^src', pathNot: '^src/modules/metrics/metrics\\.ts$' },
      to: { path: '^node_modules/prom-client/' },
    },
    {
      name: 'traces-are-loaded-on-demand',
      comment: 'The SDK is optional, and only OTEL_EXPORTER_OTLP_ENDPOINT loads it',
      severity: 'error',
      from: { path: '^src', pathNot: '^src/boot/tracing/(open-telemetry|reported-exporter)\\.ts$' },
      to: {
        path: '^(node_modules/@opentelemetry/(?!api/)|src/boot/tracing/open-telemetry\\.ts$)',
        dynamic: false,
      },
    },
    {
      name: 'core-knows-no-http',
      severity: 'error',
      from: { path: '^src/(modules|common)' },
      to: {
        path: '^node_modules/(fastify|@fastify|@nestjs/(swagger|throttler|platform-fastify|passport)|class-validator|class-transformer)/',
      },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    // They test a module together with those above it
    exclude: { path: '\\.int-spec\\.ts$' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
  },
};
