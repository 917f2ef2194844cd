import tseslint from 'typescript-eslint';
import prettier from 'eslint-config-prettier';

/** House rules (docs/architecture.md): zero warnings, no unexplained `any`, no floating promises, small files. */
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
      'test/bench/**',
    ],
  },
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
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
    files: ['test/**', '**/*spec.ts'],
    rules: {
      'max-lines': ['error', { max: 500 }],
      'max-lines-per-function': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
    },
  },
  {
    files: ['src/**'],
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
          ],
        },
      ],
    },
  },
  { files: ['migrations/**'], rules: { 'max-lines-per-function': 'off' } },
  prettier,
);
