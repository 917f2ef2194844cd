import { Transform } from 'class-transformer';
import { ArrayMaxSize, ArrayUnique, IsArray, IsBoolean, IsIn, IsUUID, ValidateBy } from 'class-validator';
import { field, type FieldOptions } from './fields.js';

export const BooleanField = (options: FieldOptions = {}) =>
  field(options, { type: Boolean }, IsBoolean({ message: 'must be true or false' }));

/** One of a few words. */
export const ChoiceField = ({ of, ...options }: FieldOptions & { of: readonly string[] }) =>
  field(options, { type: String, enum: [...of] }, IsIn(of, { message: `must be one of ${of.join(', ')}` }));

/** Ids, each once. */
export const UuidsField = ({ max, ...options }: FieldOptions & { max: number }) =>
  field(
    options,
    { type: [String], format: 'uuid', maxItems: max },
    IsArray(),
    ArrayMaxSize(max),
    IsUUID('all', { each: true, message: 'must be UUIDs' }),
    ArrayUnique((id: unknown) => String(id).toLowerCase(), { message: 'must not repeat an id' }),
  );

interface Texts {
  /** How many. */
  max: number;
  /** Says what each text must be. */
  each: string;
  /** The text as it is handed on, or null where it is none of these. */
  canonical: (text: string) => string | null;
}

/** Short texts, each brought into its canonical form and kept once. */
export const TextsField = ({ max, each, canonical, ...options }: FieldOptions & Texts) =>
  field(
    options,
    { type: [String], maxItems: max },
    Transform(({ value }: { value: unknown }) => canonicalList(value, max, canonical)),
    IsArray(),
    ArrayMaxSize(max),
    ValidateBy({
      name: 'isTexts',
      validator: {
        validate: (list: unknown) => Array.isArray(list) && list.every((text) => typeof text === 'string'),
        defaultMessage: () => each,
      },
    }),
  );

/** What is no such text stays as null, for the rules to find. */
function canonicalList(value: unknown, max: number, canonical: Texts['canonical']): unknown {
  // A list that is too long is refused, and not worth the work
  if (!Array.isArray(value) || value.length > max) return value;
  return [...new Set(value.map((text) => (typeof text === 'string' ? canonical(text) : null)))];
}
