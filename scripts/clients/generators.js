/*
 * Generators whose output has to compile. `run` is a program of `packages` and its arguments; `write` are further files,
 * relative to the output. `ownCode`: files, or lines, that are the same for every document and do not compile under
 * `exactOptionalPropertyTypes`; `strict` alone applies to them, and both to all others.
 */
export const GENERATORS = [
  {
    name: 'openapi-typescript',
    packages: ['openapi-typescript@7'],
    run: (document, out) => ['openapi-typescript', document, '--output', `${out}/api.ts`],
  },
  {
    name: 'openapi-fetch',
    packages: ['openapi-fetch@0', 'openapi-typescript@7'],
    run: (document, out) => ['openapi-typescript', document, '--output', `${out}/api.ts`],
    write: {
      'client.ts': [
        `import createClient from 'openapi-fetch';`,
        `import type { paths } from './api';`,
        `export const client = createClient<paths>({ baseUrl: 'https://id.example.com' });`,
      ],
    },
  },
  {
    name: 'orval',
    packages: ['orval@7'],
    run: (document, out) => [
      'orval',
      ...['--input', document, '--output', `${out}/api.ts`, '--client', 'fetch'],
    ],
  },
  {
    name: 'swagger-typescript-api',
    packages: ['swagger-typescript-api@13'],
    run: (document, out) => ['swagger-typescript-api', 'generate', '--path', document, '--output', out],
  },
  {
    name: 'openapi-zod-client',
    packages: ['openapi-zod-client@1', '@zodios/core@10', 'zod@3', 'axios@1'],
    run: (document, out) => ['openapi-zod-client', document, '--output', `${out}/api.ts`],
  },
  {
    name: 'oazapfts',
    packages: ['oazapfts@7', '@oazapfts/runtime@1'],
    run: (document, out) => ['oazapfts', document, `${out}/api.ts`],
    // Calls of its runtime, whose declared results do not fit its own parameters
    ownCode: { lines: /\boazapfts\.(json|form|multipart)\(\{$/ },
  },
  {
    name: 'hey-api-types',
    packages: ['@hey-api/openapi-ts@0'],
    run: (document, out) => [
      'openapi-ts',
      ...['--input', document, '--output', out, '--plugins', '@hey-api/typescript'],
    ],
  },
  {
    name: 'hey-api-client',
    packages: ['@hey-api/openapi-ts@0'],
    run: (document, out) => ['openapi-ts', '--input', document, '--output', out],
    ownCode: { files: /^(client|core)\// },
  },
  {
    name: 'ng-openapi-gen',
    packages: ['ng-openapi-gen@1', '@angular/core', '@angular/common', 'rxjs@7'],
    run: (document, out) => ['ng-openapi-gen', '--input', document, '--output', out],
    ownCode: { files: /^(base-service|request-builder|api)\.ts$/, lines: /\brb\.build\(\{ responseType: / },
  },
  {
    name: 'typed-openapi',
    packages: ['typed-openapi@2'],
    run: (document, out) => ['typed-openapi', document, '--output', `${out}/api.ts`],
  },
  {
    name: 'openapi-client-axios-typegen',
    packages: ['openapi-client-axios-typegen@7', 'openapi-client-axios@7', 'openapi-types@12', 'axios@1'],
    run: (document) => ['typegen', document],
    printsTo: 'api.d.ts',
  },
  {
    name: 'kubb',
    packages: ['@kubb/cli@4', '@kubb/core@4', '@kubb/plugin-oas@4', '@kubb/plugin-ts@4'],
    run: (_document, out) => ['kubb', 'generate', '--config', `${out}/kubb.config.mjs`],
    write: {
      'kubb.config.mjs': (document) => [
        `import { defineConfig } from '@kubb/core';`,
        `import { pluginOas } from '@kubb/plugin-oas';`,
        `import { pluginTs } from '@kubb/plugin-ts';`,
        `export default defineConfig({`,
        `  root: import.meta.dirname,`,
        `  input: { path: ${JSON.stringify(document)} },`,
        `  output: { path: 'src', clean: true },`,
        `  plugins: [pluginOas({ validate: false }), pluginTs()],`,
        `});`,
      ],
    },
  },
  {
    name: 'openapi-typescript-codegen',
    packages: ['openapi-typescript-codegen@0'],
    run: (document, out) => ['openapi', '--input', document, '--output', out, '--client', 'fetch'],
  },
  {
    name: 'rtk-query',
    packages: ['@rtk-query/codegen-openapi@2', '@reduxjs/toolkit@2'],
    run: (_document, out) => ['rtk-query-codegen-openapi', `${out}/config.cjs`],
    write: {
      'config.cjs': (document) => [
        `module.exports = {`,
        `  schemaFile: ${JSON.stringify(document)},`,
        `  apiFile: './base.ts',`,
        `  outputFile: './api.ts',`,
        `};`,
      ],
      'base.ts': [
        `import { createApi, fetchBaseQuery } from '@reduxjs/toolkit/query';`,
        `export const api = createApi({ baseQuery: fetchBaseQuery({ baseUrl: '/' }), endpoints: () => ({}) });`,
      ],
    },
  },
];
