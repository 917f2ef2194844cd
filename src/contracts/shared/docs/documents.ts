import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { admitsKeys, admitsServices, API_KEY_SCHEME, CLIENT_SCHEME } from '../../../access/authorize.js';
import { readVersion } from '../../../common/version.js';
import { CONFIG, type Config } from '../../../config/config.js';
import { contractsOf } from '../../contracts.js';
import { MetricsEndpointModule } from '../../system/metrics-endpoint.module.js';
import { OAUTH_PATHS } from '../../system/oauth/oauth-errors.js';
import { SystemModule } from '../../system/system.module.js';
import { SYSTEM_SECTIONS } from '../../system/system.sections.js';
import { type Contract, rendererFor } from '../contract.js';
import { addBodyExamples } from './body-examples.js';
import { describeCallers } from './callers.js';
import { simplifySchemas } from './json-schema.js';
import { operationsOf } from './operations.js';
import { addProblems } from './problems.js';
import { closeRequestBodies, relaxRequestBodies } from './request-bodies.js';
import { componentsOf } from './schemas.js';
import { fillInSettings } from './settings.js';

export interface ContractDocument {
  name: string;
  title: string;
  document: OpenAPIObject;
}

const LICENCE = { license: { name: 'Apache 2.0', identifier: 'Apache-2.0' } };
/** Relative to the origin of the document, so that it is true wherever the server is. */
const SERVERS = [{ url: '/', description: 'The server that publishes this document' }];

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
    .setOpenAPIVersion('3.1.0')
    .setTitle(contract.title)
    .setDescription(contract.description)
    .setVersion(readVersion())
    .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'JWT' }, 'bearer');
  const sections = [...contract.sections, ...(atRoot ? SYSTEM_SECTIONS : [])];
  for (const section of sections) description.addTag(section.name, section.description);

  const scanned = SwaggerModule.createDocument(app, description.build(), {
    include: atRoot ? [contract.module, SystemModule, MetricsEndpointModule] : [contract.module],
    extraModels: [
      ...[contract.renderer.schema, ...(contract.renderer.parts ?? [])],
      ...(atRoot ? [OAUTH_PATHS.renderer.schema] : []),
    ],
    operationIdFactory: (_controller, method) => method,
  });
  // The scan shares objects with the decorators' metadata, and keeps undefined members
  const { openapi, info, tags, ...rest } = JSON.parse(JSON.stringify(scanned)) as OpenAPIObject;
  const document = { openapi, info: { ...info, ...LICENCE }, tags, ...rest, servers: SERVERS };
  orderBySection(document);
  declareSecurity(document);
  addApiKeyScheme(document);
  addClientScheme(document);
  describeCallers(document);
  addProblems(document, (path) => rendererFor([OAUTH_PATHS], path, contract.renderer));
  addBodyExamples(document);
  relaxRequestBodies(document);
  closeRequestBodies(document);
  simplifySchemas(document);
  sortSchemas(document);
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

/** An operation that needs no credential says so. */
function declareSecurity(document: OpenAPIObject): void {
  for (const { operation, access } of operationsOf(document)) {
    if (access?.kind === 'public') operation.security = [];
    if (access?.kind === 'optional') operation.security = [{}, ...(operation.security ?? [])];
  }
}

function sortSchemas(document: OpenAPIObject): void {
  const schemas = Object.entries(componentsOf(document)).sort(([a], [b]) => (a < b ? -1 : 1));
  document.components = { ...document.components, schemas: Object.fromEntries(schemas) };
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

/** Documents the scheme only if an operation accepts service accounts. */
function addClientScheme(document: OpenAPIObject): void {
  if (!operationsOf(document).some(({ access }) => access && admitsServices(access))) return;
  document.components = {
    ...document.components,
    securitySchemes: {
      ...document.components?.securitySchemes,
      [CLIENT_SCHEME]: {
        type: 'http',
        scheme: 'basic',
        description: 'Id and secret of a service account (RFC 6749 §2.3.1)',
      },
    },
  };
}
