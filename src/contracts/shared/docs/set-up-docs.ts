import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { INestApplication } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import type { Config } from '../../../config/config.js';
import type { Contract } from '../contract.js';
import { createDocument, documentedContracts } from './documents.js';
import { PAGE_CSP, renderPage } from './render-page.js';

const UI_FILES = ['swagger-ui.css', 'swagger-ui-bundle.js', 'swagger-ui-standalone-preset.js'];

/**
 * Serves Swagger UI at /docs with every enabled contract in its selector, and the documents at /openapi/<name>.json.
 * Each document is generated at its first request. In development the root leads to the page.
 */
export function setUpDocs(app: NestFastifyApplication, config: Config): void {
  const contracts = documentedContracts(config);
  const fastify = app.getHttpAdapter().getInstance();
  if (!config.isProduction) fastify.get('/', (_request, reply) => reply.redirect('docs'));
  void fastify.register(async (scope) => serveDocuments(scope, app, contracts));
  void fastify.register(async (scope) => servePage(scope, contracts, config), { prefix: '/docs' });
}

function serveDocuments(fastify: FastifyInstance, app: INestApplication, contracts: Contract[]): void {
  const texts = new Map<string, string>();
  for (const contract of contracts) {
    fastify.get(`/openapi/${contract.name}.json`, (_request, reply) => {
      const text = texts.get(contract.name) ?? JSON.stringify(createDocument(app, contract));
      texts.set(contract.name, text);
      return reply.header('cache-control', 'no-cache').type('application/json; charset=utf-8').send(text);
    });
  }
}

async function servePage(fastify: FastifyInstance, contracts: Contract[], config: Config): Promise<void> {
  const ui = findSwaggerUi();
  const options = {
    documents: contracts.map(({ name, title, answers }) => ({
      name: title,
      url: `openapi/${name}.json`,
      answers: `docs/answers/${basename(answers)}`,
    })),
    release: ui.release,
    inbox: config.isProduction ? '' : 'dev/inbox',
  };
  const [atDocs, belowDocs] = [renderPage(options, './'), renderPage(options, '../')];
  await fastify.register(fastifyStatic, { root: ui.dir, serve: false });
  fastify.addHook('onRequest', async (_request, reply) => {
    void reply.headers({ 'content-security-policy': PAGE_CSP, 'cache-control': 'no-cache' });
  });
  fastify.get('/', (request, reply) => {
    const page = /^[^?]*\/(\?|$)/.test(request.url) ? belowDocs : atDocs;
    return reply.type('text/html; charset=utf-8').send(page);
  });
  for (const file of UI_FILES) {
    fastify.get(`/ui/${ui.release}/${file}`, (_request, reply) =>
      reply.sendFile(file, { maxAge: '365d', immutable: true }),
    );
  }
  for (const { answers } of contracts) {
    fastify.get(`/answers/${basename(answers)}`, (_request, reply) =>
      reply.sendFile(basename(answers), dirname(answers), { cacheControl: false }),
    );
  }
  await fastify.register(fastifyStatic, {
    root: join(import.meta.dirname, 'page'),
    prefix: '/page/',
    decorateReply: false,
    wildcard: false,
    globIgnore: ['*.html', '*.map'],
    index: false,
    cacheControl: false,
  });
}

/** The files of Swagger UI that @nestjs/swagger depends on. */
function findSwaggerUi(): { dir: string; release: string } {
  const require = createRequire(createRequire(import.meta.url).resolve('@nestjs/swagger'));
  const manifest = require.resolve('swagger-ui-dist/package.json');
  const { version } = require(manifest) as { version: string };
  return { dir: dirname(manifest), release: version };
}
