import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { jest } from '@jest/globals';
import { getMetadataStorage } from 'class-validator';
import { createValidationPipe } from '../../src/access/validation.js';
import { AppError } from '../../src/common/app-error.js';
import { HOSTILE_TEXTS } from '../support/hostile-texts.js';

const CONTRACTS = 'src/contracts';

interface Field {
  dto: new () => object;
  property: string;
}

const KIB = 1024;
/** Code units that NFKC is given at most before the rules of a field have passed. */
const MAX_NORMALIZED = 320;

/** Every field of every body, query and path: importing a DTO registers its rules. */
async function findFields(): Promise<Field[]> {
  const files = readdirSync(CONTRACTS, { recursive: true, encoding: 'utf8' });
  for (const file of files.filter((name) => name.endsWith('.dto.ts'))) await import(resolve(CONTRACTS, file));
  const { validationMetadatas } = getMetadataStorage() as unknown as {
    validationMetadatas: Map<new () => object, { propertyName: string }[]>;
  };
  return [...validationMetadatas].flatMap(([dto, metadatas]) =>
    [...new Set(metadatas.map(({ propertyName }) => propertyName))].map((property) => ({ dto, property })),
  );
}

describe('a text of a request', () => {
  const pipe = createValidationPipe();
  let fields: Field[];
  let dtos: Map<Field['dto'], string[]>;
  /** Calls the original, and records the length of the text. */
  let normalize: jest.SpiedFunction<typeof String.prototype.normalize>;

  /** The pointers of the refused fields. Anything but a validation error is a defect. */
  const refusedAt = async (dto: Field['dto'], body: object): Promise<string[]> => {
    try {
      await pipe.transform(body, { type: 'body', metatype: dto });
      return [];
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      return (error.options.errors ?? []).map(({ pointer }) => pointer);
    }
  };

  beforeAll(async () => {
    fields = await findFields();
    dtos = new Map(fields.map(({ dto }) => [dto, []]));
    for (const { dto, property } of fields) dtos.get(dto)?.push(property);
    normalize = jest.spyOn(String.prototype, 'normalize');
  });

  afterAll(() => normalize.mockRestore());

  it('is refused by its own field where it is long, whatever the field', async () => {
    expect(fields.length).toBeGreaterThan(60);
    const accepted: string[] = [];
    for (const field of fields) {
      const pointers = await refusedAt(field.dto, { [field.property]: 'x'.repeat(100 * KIB) });
      if (!pointers.includes(`#/${field.property}`)) accepted.push(`${field.dto.name}.${field.property}`);
    }
    expect(accepted).toEqual([]);
  });

  it.each(HOSTILE_TEXTS)('causes no work before its length is checked: $name', async ({ fill }) => {
    normalize.mockClear();
    const text = fill(100 * KIB);
    const short = fill(900);
    const list = Array.from({ length: 100 }, () => short);
    for (const [dto, properties] of dtos) {
      const everywhere = (valueOf: (property: string) => unknown) =>
        refusedAt(dto, Object.fromEntries(properties.map((property) => [property, valueOf(property)])));
      await everywhere(() => text);
      await everywhere(() => list);
      const nested = properties.map((property) => ({ [property]: text }));
      await refusedAt(dto, { [short]: text, nested });
    }
    const lengths = normalize.mock.contexts.map((context: unknown) => String(context).length);
    expect(Math.max(0, ...lengths)).toBeLessThanOrEqual(MAX_NORMALIZED);
  });
});
