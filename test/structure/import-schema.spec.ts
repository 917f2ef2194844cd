import { readFileSync } from 'node:fs';
import { RECORD_SCHEMA } from '../../src/modules/people-import/record-schema.js';

it('docs/import.schema.json is what the import validates', () => {
  const published: unknown = JSON.parse(readFileSync('docs/import.schema.json', 'utf8'));
  expect(published).toEqual(JSON.parse(JSON.stringify(RECORD_SCHEMA)));
});
