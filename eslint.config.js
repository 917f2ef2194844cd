import tseslint from 'typescript-eslint';
import prettier from 'eslint-config-prettier';
import importSort from 'eslint-plugin-simple-import-sort';

/** What made tests fail on a slow machine, or once in a thousand runs. */
const CLOCKS_AND_CHANCE = [
  [
    'MemberExpression[object.name=/^(performance|process)$/][property.name=/^(now|timeOrigin|eventLoopUtilization|cpuUsage|resourceUsage|hrtime|memoryUsage|uptime)$/]',
    'Count what is done (calls, hashes, statements): how long it takes is the machine’s business.',
  ],
  [
    'MemberExpression[object.name="Date"][property.name="now"], NewExpression[callee.name="Date"][arguments.length=0], CallExpression[callee.name="Date"]',
    'Move time with TestDatabase.pass, or take it from test/support/clock.ts.',
  ],
  [
    'MemberExpression[object.name="Math"][property.name="random"]',
    'Take it from node:crypto, and compute the odds.',
  ],
  [
    'VariableDeclarator[init.name=/^(performance|process|Date|Math)$/] Property[key.name=/^(now|random|cpuUsage|resourceUsage|hrtime|memoryUsage|uptime)$/]',
    'A clock or chance by another name.',
  ],
  [
    'CallExpression[callee.name=/^(setTimeout|setInterval|delay|sleep)$/], CallExpression[callee.object.name!="jest"][callee.property.name=/^(setTimeout|setInterval)$/], ImportSpecifier[imported.name=/^(setTimeout|setInterval|scheduler)$/], MemberExpression[object.name="AbortSignal"][property.name="timeout"]',
    'Wait for what is to be seen with test/support/until.ts, not for time to pass.',
  ],
].map(([selector, message]) => ({ selector, message }));

/** Each reads a clock, waits or draws for the reason beside it. */
const EXCEPTIONS = [
  'test/support/clock.ts', // is the place for it
  'test/support/until.ts', // looks again and again
  'test/support/server.ts', // gives up on a server that never gets ready, long after any test did
  'test/support/global-setup.ts', // runs outside of jest’s modules
  'test/support/sms-provider.ts', // stands in for a slow service
  'test/support/tcp-proxy.ts', // and this for a slow network
  'test/attacks/long-texts-delay.e2e-spec.ts', // prints figures, by hand only
];

/** Rules of this project (docs/architecture.md): zero warnings, no unexplained `any`, no floating promises, small files. */
export default tseslint.config(
  {
    ignores: [
      'dist/**',
      'node_modules/**',
      '.data/**',
      'openapi/**',
      '*.cjs',
      'eslint.config.js',
      'jest.config.js',
      'scripts/**',
      'examples/**',
      'clients/typescript/src/generated/**',
      'test/bench/**',
      'test/support/work-probe.mjs',
      'test/support/warm-*.mjs',
      'test/support/sequencer.js',
    ],
  },
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    plugins: { 'import-sort': importSort },
    rules: {
      // One block: side effects, Node, packages, then this project from far to near
      'import-sort/imports': ['error', { groups: [['^\\u0000', '^node:', '^@?\\w', '^', '^\\.']] }],
      'import-sort/exports': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/consistent-type-imports': 'off',
      '@typescript-eslint/no-extraneous-class': 'off',
      '@typescript-eslint/require-await': 'off',
      'max-lines': ['error', { max: 400 }],
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
      'no-console': 'error',
      eqeqeq: 'error',
    },
  },
  {
    // With the types of the browser instead of those of Node
    files: [
      'src/dev/browser/**',
      'src/contracts/shared/docs/page/start.ts',
      'src/contracts/platform/console/browser/**',
    ],
    languageOptions: { parserOptions: { projectService: false, project: 'tsconfig.browser.json' } },
  },
  {
    files: ['test/**', '**/*spec.ts'],
    rules: {
      'no-restricted-syntax': ['error', ...CLOCKS_AND_CHANCE],
      'max-lines': ['error', { max: 500 }],
      'max-lines-per-function': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
    },
  },
  { files: EXCEPTIONS, rules: { 'no-restricted-syntax': 'off' } },
  {
    files: ['src/**'],
    ignores: ['**/*spec.ts'],
    rules: {
      // They find rows by their ids alone, whosever they are
      'no-restricted-syntax': [
        'error',
        {
          selector:
            'CallExpression[callee.property.name=/^(getRepository|getTreeRepository|withRepository)$/]',
          message: 'No repositories: guarantees live in SQL (docs/architecture.md).',
        },
        {
          selector:
            'CallExpression[callee.property.name=/^(save|remove|softRemove|recover)$/]:matches([callee.object.name=/^(tx|manager|repository|dataSource)$/], [callee.object.property.name=/^manager/])',
          message: 'save and remove find rows by their ids alone: say whose the row is, in SQL.',
        },
        {
          selector: 'CallExpression[callee.property.name="normalize"]',
          message: 'Quadratic in the text: src/common/bounded-text.ts bounds it.',
        },
        {
          selector:
            'CallExpression[callee.object.name="Object"][callee.property.name="assign"][arguments.0.type="NewExpression"]',
          message: 'It lets members be missing or misspelt: return a literal of the declared type.',
        },
      ],
      'no-restricted-imports': [
        'error',
        {
          paths: [
            {
              name: 'typeorm',
              importNames: ['Repository', 'TreeRepository', 'BaseEntity'],
              message: 'No repositories: guarantees live in SQL (docs/architecture.md).',
            },
            {
              name: 'node:url',
              importNames: ['domainToASCII', 'domainToUnicode'],
              message: 'Quadratic in the text: src/common/bounded-text.ts bounds it.',
            },
            {
              name: 'libphonenumber-js',
              allowImportNames: ['isSupportedCountry'],
              message: 'src/common/bounded-text.ts bounds what is parsed.',
            },
          ],
        },
      ],
    },
  },
  {
    files: ['src/common/bounded-text.ts'],
    rules: { 'no-restricted-syntax': 'off', 'no-restricted-imports': 'off' },
  },
  { files: ['migrations/**'], rules: { 'max-lines-per-function': 'off' } },
  prettier,
);
