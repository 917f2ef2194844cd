import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { SwaggerModule } from '@nestjs/swagger';
import type { Config } from '../../../config/config.js';
import { createDocuments } from './documents.js';

/** Swagger UI at /docs with every door in its selector, and the documents themselves at /openapi/<name>.json. */
export function setUpDocs(app: NestFastifyApplication, config: Config): void {
  const documents = createDocuments(app, config);
  const [first] = documents;
  if (!first) return;
  for (const { contract, document } of documents) {
    app
      .getHttpAdapter()
      .get(`/openapi/${contract.name}.json`, (_request: unknown, reply: { send(body: unknown): void }) => {
        reply.send(document);
      });
  }
  SwaggerModule.setup('docs', app, first.document, {
    explorer: true,
    raw: false,
    customSiteTitle: 'Gatehouse API',
    swaggerOptions: {
      urls: documents.map(({ contract }) => ({
        name: contract.title,
        url: `/openapi/${contract.name}.json`,
      })),
      persistAuthorization: true,
      displayRequestDuration: true,
    },
  });
}
