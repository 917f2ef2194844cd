import type { OpenAPIObject } from '@nestjs/swagger';
import { type Access, admitsKeys, admitsServices } from '../../../access/authorize.js';
import { operationsOf } from './operations.js';

/** Says at the end of each description who may call the operation, as `@Authorize` declares it. */
export function describeCallers(document: OpenAPIObject): void {
  for (const { operation, access } of operationsOf(document)) {
    const texts = [operation.description, access && callersOf(access)];
    operation.description = texts.filter((text) => text !== undefined).join('\n\n');
  }
}

function callersOf(access: Access): string {
  if (access.kind === 'public') return 'Needs no credential.';
  if (access.kind === 'optional') return 'Works with and without a session.';
  if (access.kind === 'operator') return 'Needs the session of an operator.';
  const kinds = [
    'a session',
    ...(admitsKeys(access) ? ['an API key'] : []),
    ...(admitsServices(access) ? ['a service account'] : []),
  ];
  const credential = kinds.join(', ').replace(/, ([^,]*)$/, ' or $1');
  if (access.kind === 'signed-in') return `Needs ${credential}.`;
  const level = access.level === undefined ? '' : ` and a role of level ${access.level} or higher`;
  return `Needs ${credential} with the permission \`${access.permission}\`${level}.`;
}
