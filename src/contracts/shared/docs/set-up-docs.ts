import fastifyStatic from '@fastify/static';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Config } from '../../../config/config.js';
import { type ContractDocument, createDocuments } from './documents.js';
import { PAGE_CSP, renderPage } from './page/page.js';

const UI_FILES = ['swagger-ui.css', 'swagger-ui-bundle.js', 'swagger-ui-standalone-preset.js'];
const PAGE_FILES = [
  'start.js',
  'authenticator.js',
  'journey.js',
  'note.js',
  'placeholders.js',
  'request-texts.js',
];
const PAGE_DIR = join(import.meta.dirname, 'page');

/** Swagger UI at /docs with every door in its selector, and the documents themselves at /openapi/<name>.json. */
export function setUpDocs(app: NestFastifyApplication, config: Config): void {
  const documents = createDocuments(app, config);
  const fastify = app.getHttpAdapter().getInstance();
  void fastify.register(async (scope) => serveDocuments(scope, documents));
  void fastify.register(async (scope) => servePage(scope, documents, config), { prefix: '/docs' });
}

function serveDocuments(fastify: FastifyInstance, documents: ContractDocument[]): void {
  for (const { name, document } of documents) {
    const text = JSON.stringify(document);
    fastify.get(`/openapi/${name}.json`, (_request, reply) =>
      reply.header('cache-control', 'no-cache').type('application/json; charset=utf-8').send(text),
    );
  }
}

async function servePage(
  fastify: FastifyInstance,
  documents: ContractDocument[],
  config: Config,
): Promise<void> {
  const ui = findSwaggerUi();
  const page = renderPage({
    documents: documents.map(({ name, title }) => ({ name: title, url: `/openapi/${name}.json` })),
    release: ui.release,
    inbox: !config.isProduction,
  });
  await fastify.register(fastifyStatic, { root: ui.dir, serve: false });
  fastify.addHook('onRequest', async (_request, reply) => {
    void reply.headers({ 'content-security-policy': PAGE_CSP, 'cache-control': 'no-cache' });
  });
  fastify.get('/', (_request, reply) => reply.type('text/html; charset=utf-8').send(page));
  for (const file of UI_FILES) {
    fastify.get(`/ui/${ui.release}/${file}`, (_request, reply) =>
      reply.sendFile(file, { maxAge: '365d', immutable: true }),
    );
  }
  for (const file of PAGE_FILES) {
    fastify.get(`/page/${file}`, (_request, reply) =>
      reply.sendFile(file, PAGE_DIR, { cacheControl: false }),
    );
  }
}

/** The files that @nestjs/swagger brings along. */
function findSwaggerUi(): { dir: string; release: string } {
  const require = createRequire(import.meta.resolve('@nestjs/swagger'));
  const manifest = require.resolve('swagger-ui-dist/package.json');
  const { version } = require(manifest) as { version: string };
  return { dir: dirname(manifest), release: version };
}
