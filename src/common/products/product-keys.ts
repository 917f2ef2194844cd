import { CONTRACT_NAMES, type ContractName } from './product.js';

/** Words that mean something else where the key of a product stands: paths, `client_id`, `X-Auth-Actor`, commands, the trail. */
const OWN_WORDS = new Set([
  ...['gatehouse', 'platform', 'system', 'operator', 'operators', 'user', 'api-key', 'service-account'],
  ...['all', 'none', 'null', 'undefined', 'constructor', 'prototype'],
]);

/**
 * What is wrong with the key of a product, the name of its file, in the form of a line about the file; else null. The key is
 * the `client_id` of people's access tokens and the product of service accounts, so that it must look like neither an id
 * nor anything else of Gatehouse.
 */
export function findKeyFault(key: string, contract: ContractName): string | null {
  if (isIdLike(key))
    return ' must have a name unlike an id, such as those of service accounts. Example: clinic.json';
  if (!/^[a-z][a-z0-9-]{0,39}$/.test(key))
    return ' must have a lower-case word for a name. Example: clinic.json';
  if (OWN_WORDS.has(key))
    return ` must have a name that is no word of Gatehouse itself. Example: my-${key}.json`;
  if (CONTRACT_NAMES.some((name) => name === key && name !== contract))
    return ` must have the /contract of its name, or another name. Example: "${key}"`;
  return null;
}

/** A UUID, also without its hyphens, or another 32 and more hexadecimal digits. */
function isIdLike(key: string): boolean {
  return /^[0-9a-f]{32,}$/i.test(key.replaceAll('-', ''));
}
