import { ApiProperty, ApiPropertyOptional, type ApiPropertyOptions } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import { IsObject, Matches, ValidateBy, ValidateNested, type ValidationArguments } from 'class-validator';
import { canonicalLocale, canonicalTimeZone } from '../../common/locale.js';
import { findMetadataFault, MAX_METADATA_BYTES, type Metadata } from '../../common/metadata.js';
import { field, type FieldOptions } from './fields.js';

const MAX_LENGTH = 64;
const ANY_OBJECT = { type: 'object', additionalProperties: true } as const;

/** A text of which the handler gets the canonical form. */
const canonicalField = (
  options: FieldOptions,
  schema: ApiPropertyOptions,
  canonical: (text: string) => string | null,
  message: string,
) =>
  field(
    { optional: true, nullable: true, ...options },
    { type: String, maxLength: MAX_LENGTH, ...schema },
    Transform(({ value }: { value: unknown }) =>
      typeof value === 'string' ? (canonical(value.trim()) ?? '') : value,
    ),
    Matches(/./, { message }),
  );

/** A language tag (BCP 47); the handler gets its canonical form. Null removes it. */
export const LocaleField = (options: FieldOptions = {}) =>
  canonicalField(
    { example: 'en-IN', ...options },
    {},
    canonicalLocale,
    'must be a language tag, such as en-IN',
  );

/** The name of a time zone in the IANA database. Null removes it. */
export const TimeZoneField = (options: FieldOptions = {}) =>
  canonicalField(
    { example: 'Asia/Kolkata', ...options },
    {},
    canonicalTimeZone,
    'must be the name of a time zone, such as Asia/Kolkata',
  );

const MetadataPartField = (options: FieldOptions) =>
  field(
    { optional: true, ...options },
    ANY_OBJECT,
    // The value as sent: the transformation would silently drop names such as toString
    Transform(({ obj, key }: { obj: Record<string, unknown>; key: string }) => obj[key]),
    ValidateBy({
      name: 'isMetadata',
      validator: {
        validate: (value: unknown) => findMetadataFault(value) === null,
        defaultMessage: (context?: ValidationArguments) => findMetadataFault(context?.value) ?? '',
      },
    }),
  );

const REPLACES = `Replaces this part. At most ${MAX_METADATA_BYTES} bytes of JSON`;

export class PublicMetadataChangeDto {
  @MetadataPartField({ example: { theme: 'dark' }, description: REPLACES })
  public?: Metadata;
}

export class MemberMetadataChangeDto {
  @MetadataPartField({ example: { crmId: '4711' }, description: REPLACES })
  private?: Metadata;

  @MetadataPartField({
    example: undefined,
    description: 'The person’s own, which only they change: accepted as it was read',
  })
  public?: Metadata;
}

export class MetadataChangeDto {
  @MetadataPartField({ example: { plan: 'gold' }, description: REPLACES })
  public?: Metadata;

  @MetadataPartField({ example: { crmId: '4711' }, description: REPLACES })
  private?: Metadata;
}

/** The parts of the metadata that the class `type` names. */
export const MetadataField = (
  type: new () => PublicMetadataChangeDto | MemberMetadataChangeDto | MetadataChangeDto,
) =>
  field(
    { optional: true },
    { type },
    IsObject(),
    ValidateNested(),
    Type(() => type),
  );

export const LocaleProperty = () => ApiProperty({ type: String, nullable: true, example: 'en-IN' });
export const TimeZoneProperty = () => ApiProperty({ type: String, nullable: true, example: 'Asia/Kolkata' });

export class PublicMetadataDto {
  @ApiProperty({ ...ANY_OBJECT, example: { theme: 'dark' } })
  public: Metadata;
}

export class MetadataDto {
  @ApiProperty({ ...ANY_OBJECT, example: { plan: 'gold' } })
  public: Metadata;

  @ApiPropertyOptional({
    ...ANY_OBJECT,
    example: { crmId: '4711' },
    description: 'Absent unless you may also change it',
  })
  private?: Metadata;

  static of(publicPart: Metadata, privatePart: Metadata | null): MetadataDto {
    return { public: publicPart, ...(privatePart !== null && { private: privatePart }) };
  }
}
