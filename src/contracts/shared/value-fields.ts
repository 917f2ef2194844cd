import { Transform } from 'class-transformer';
import { ArrayMaxSize, ArrayUnique, IsArray, IsBoolean, IsIn, IsUUID, ValidateBy } from 'class-validator';
import { field, type FieldOptions } from './fields.js';

export const BooleanField = (options: FieldOptions = {}) =>
  field(options, { type: Boolean }, IsBoolean({ message: 'must be true or false' }));

/** One of the listed words. */
export const ChoiceField = ({ of, ...options }: FieldOptions & { of: readonly string[] }) =>
  field(options, { type: String, enum: [...of] }, IsIn(of, { message: `must be one of ${of.join(', ')}` }));

/** A list of distinct ids. */
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
  /** Most items of the list. */
  max: number;
  /** Describes what each text must be, for the error response. */
  each: string;
  /** The canonical form of a text, or null if it is invalid. */
  canonical: (text: string) => string | null;
}

/** A list of short texts. The handler gets each canonical form once. */
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

/** An invalid text becomes null, for the rules to report. */
function canonicalList(value: unknown, max: number, canonical: Texts['canonical']): unknown {
  // A list that is too long is refused; no work is spent on it
  if (!Array.isArray(value) || value.length > max) return value;
  return [...new Set(value.map((text) => (typeof text === 'string' ? canonical(text) : null)))];
}
