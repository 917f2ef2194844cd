import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { admitsKeys, API_KEY_SCHEME } from '../../../access/authorize.js';
import { CONFIG, type Config } from '../../../config/config.js';
import { contractsOf } from '../../contracts.js';
import { MetricsEndpointModule } from '../../system/metrics-endpoint.module.js';
import { SystemModule } from '../../system/system.module.js';
import { SYSTEM_SECTIONS } from '../../system/system.sections.js';
import type { Contract } from '../contract.js';
import { addBodyExamples } from './body-examples.js';
import { closeSchemas } from './closed-schemas.js';
import { operationsOf } from './operations.js';
import { addProblems } from './problems.js';
import { fillInSettings } from './settings.js';

export interface ContractDocument {
  name: string;
  title: string;
  document: OpenAPIObject;
}

/** Replaces PUBLIC_URL, so that the documents do not depend on the deployment. */
const EXAMPLE_URL = 'https://id.example.com';

/** The document of each enabled contract. */
export function createDocuments(app: INestApplication, config: Config): ContractDocument[] {
  return documentedContracts(config).map((contract) => ({
    name: contract.name,
    title: contract.title,
    document: createDocument(app, contract),
  }));
}

export function documentedContracts(config: Config): Contract[] {
  return contractsOf({ ...config, publicUrl: EXAMPLE_URL });
}

/**
 * The OpenAPI document of one contract; the document at the root includes the system's own operations. Takes a tenth of
 * a second of processor time, and needs neither a database nor an initialised application.
 */
export function createDocument(app: INestApplication, contract: Contract): OpenAPIObject {
  const atRoot = contract.basePath === '';
  const description = new DocumentBuilder()
    .setOpenAPIVersion('3.0.3')
    .setTitle(contract.title)
    .setDescription(contract.description)
    .setVersion('1.0')
    .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'JWT' }, 'bearer');
  const sections = [...contract.sections, ...(atRoot ? SYSTEM_SECTIONS : [])];
  for (const section of sections) description.addTag(section.name, section.description);

  const scanned = SwaggerModule.createDocument(app, description.build(), {
    include: atRoot ? [contract.module, SystemModule, MetricsEndpointModule] : [contract.module],
    extraModels: [contract.renderer.schema],
    operationIdFactory: (_controller, method) => method,
  });
  // The scan shares objects with the decorators' metadata, and keeps undefined members
  const { openapi, info, tags, ...rest } = JSON.parse(JSON.stringify(scanned)) as OpenAPIObject;
  const document = { openapi, info, tags, ...rest };
  orderBySection(document);
  addOptionalSecurity(document);
  addApiKeyScheme(document);
  addProblems(document, contract.renderer);
  addBodyExamples(document);
  closeSchemas(document);
  fillInSettings(document, app.get<Config>(CONFIG));
  return document;
}

/** Orders the operations by section, which is the order for readers and for programs that run them all. */
function orderBySection(document: OpenAPIObject): void {
  const names = (document.tags ?? []).map(({ name }) => name);
  const positions = new Map(operationsOf(document).map(({ path, operation }) => [path, operation.tags?.[0]]));
  const position = (path: string) => names.indexOf(positions.get(path) ?? '');
  const entries = Object.entries(document.paths);
  document.paths = Object.fromEntries(entries.sort(([a], [b]) => position(a) - position(b)));
}

function addOptionalSecurity(document: OpenAPIObject): void {
  for (const { operation, access } of operationsOf(document)) {
    if (access?.kind === 'optional') operation.security = [{}, ...(operation.security ?? [])];
  }
}

/** Documents the scheme only if an operation accepts API keys. */
function addApiKeyScheme(document: OpenAPIObject): void {
  if (!operationsOf(document).some(({ access }) => access && admitsKeys(access))) return;
  document.components = {
    ...document.components,
    securitySchemes: {
      ...document.components?.securitySchemes,
      [API_KEY_SCHEME]: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
    },
  };
}
