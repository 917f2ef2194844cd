import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { readSeed } from '../../src/modules/seeding/seed-file.js';
import { SEED_SCHEMA } from '../../src/modules/seeding/seed-schema.js';

it('docs/seed.schema.json is what a seed file is validated by', () => {
  const published: unknown = JSON.parse(readFileSync('docs/seed.schema.json', 'utf8'));
  expect(published).toEqual(JSON.parse(JSON.stringify(SEED_SCHEMA)));
});

it('the example of the documentation is a seed file', () => {
  const { codes, people } = readSeed('examples/ephemeral/demo.json');
  expect(codes.size).toBe(100);
  expect(codes.get('+919999900099')).toBe('123456');
  expect(people.map(({ email }) => email)).toEqual(['ada@example.com', 'grace@example.com']);
});

it('is a valid schema, which the server does not check at every start', () => {
  const ajv = new Ajv({ strict: false, discriminator: true, validateFormats: false });
  expect(ajv.validateSchema(SEED_SCHEMA)).toBe(true);
});
