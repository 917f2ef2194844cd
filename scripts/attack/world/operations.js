import { readFileSync } from 'node:fs';
import { SOME_ID } from './names.js';

/** The document of a contract as this repository has it, for a target that does not serve its own. */
export function ownDocument(contract) {
  return JSON.parse(readFileSync(new URL(`../../../openapi/${contract}.json`, import.meta.url), 'utf8'));
}

/**
 * Every operation of the documents of these contracts, with an id that does not exist in each place of a path, so
 * that no new operation is forgotten. `signedIn`: a session is required. `whileEnrolling`, `keys`: whether a person
 * who must still enrol a second factor, or an API key, is accepted.
 */
export function operationsOf(documents, wanted = {}) {
  return documents
    .flatMap(({ paths }) =>
      Object.entries(paths).flatMap(([template, methods]) =>
        Object.entries(methods).map(([method, documented]) => describe(template, method, documented)),
      ),
    )
    .filter((operation) =>
      Object.entries(wanted).every(([property, value]) => operation[property] === value),
    );
}

function describe(template, method, { 'x-access': access = {}, requestBody }) {
  const { kind, actors = ['user'], whileEnrolling = false, permission } = access;
  const mediaTypes = Object.keys(requestBody?.content ?? {});
  return {
    name: `${method.toUpperCase()} ${template}`,
    method: method.toUpperCase(),
    template,
    path: template.replace(/\{\w+\}/g, SOME_ID),
    takesJson: mediaTypes.includes('application/json'),
    schema: requestBody?.content['application/json']?.schema,
    permission,
    signedIn: kind === 'signed-in' || kind === 'permission',
    whileEnrolling: whileEnrolling === true,
    keys: actors.includes('apiKey'),
  };
}
