import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { contractsOf } from '../../contracts.js';
import type { Config } from '../../../config/config.js';
import { SystemModule } from '../../system/system.module.js';
import type { Contract } from '../contract.js';

export interface ContractDocument {
  contract: Contract;
  document: OpenAPIObject;
}

/** One OpenAPI document for each open door; the system's own operations stand in the one at the root. */
export function createDocuments(app: INestApplication, config: Config): ContractDocument[] {
  return contractsOf(config).map((contract) => {
    const description = new DocumentBuilder()
      .setTitle(contract.title)
      .setDescription(contract.description)
      .setVersion('1.0')
      .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'JWT' }, 'bearer')
      .build();
    const include = contract.basePath === '' ? [contract.module, SystemModule] : [contract.module];
    const document = SwaggerModule.createDocument(app, description, {
      include,
      operationIdFactory: (_controller, method) => method,
    });
    return { contract, document };
  });
}
