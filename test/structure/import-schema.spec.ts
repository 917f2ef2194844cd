import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { RECORD_SCHEMA } from '../../src/modules/people-import/record-schema.js';

it('docs/import.schema.json is what the import validates', () => {
  const published: unknown = JSON.parse(readFileSync('docs/import.schema.json', 'utf8'));
  expect(published).toEqual(JSON.parse(JSON.stringify(RECORD_SCHEMA)));
});

it('is a valid schema, which the server does not check at every start', () => {
  const ajv = new Ajv({ strict: false, discriminator: true, validateFormats: false });
  expect(ajv.validateSchema(RECORD_SCHEMA)).toBe(true);
});
