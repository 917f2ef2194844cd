import { applyDecorators } from '@nestjs/common';
import { ApiProperty, type ApiPropertyOptions } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import {
  IsEmail,
  IsString,
  IsUUID,
  Length,
  Matches,
  MaxLength,
  MinLength,
  ValidateIf,
} from 'class-validator';
import { canonicalEmail } from '../../common/identifiers.js';

/** What every field may say of itself; constraints and schema come from the field's kind, written once. */
export interface FieldOptions {
  example?: unknown;
  description?: string;
  optional?: boolean;
}

const MAX_PASSWORD_CHARACTERS = 1024;
const NO_CONTROLS = /^[^\p{Cc}\p{Cf}\u2028\u2029]*$/u;
const NO_LINK = /^(?!.*(:\/\/|\bwww\.|\/\/)).*$/is;

export function field(
  { optional, ...options }: FieldOptions,
  schema: ApiPropertyOptions,
  ...rules: PropertyDecorator[]
) {
  const property = ApiProperty({ ...options, ...schema, required: optional !== true } as ApiPropertyOptions);
  return applyDecorators(...(optional ? [mayBeAbsent] : []), property, ...rules);
}

/** Absent, not null: a null would reach the core as a value. */
const mayBeAbsent = ValidateIf((_, value) => value !== undefined);

const trimmed = Transform(({ value }: { value: unknown }) =>
  typeof value === 'string' ? value.trim() : value,
);

/** An e-mail address, handed on in canonical form. */
export const EmailField = (options: FieldOptions = {}) =>
  field(
    { example: 'admin@acme.com', ...options },
    { type: String, format: 'email', maxLength: 254 },
    Transform(({ value }: { value: unknown }) =>
      typeof value === 'string' ? (canonicalEmail(value) ?? '') : value,
    ),
    IsEmail({ allow_ip_domain: false, require_tld: false }, { message: 'must be an e-mail address' }),
    MaxLength(254),
  );

/** A password as it was typed: nothing is trimmed. The policy judges new ones; this only bounds the size. */
export const PasswordField = (options: FieldOptions = {}) =>
  field(
    { example: 'SecurePass123!', ...options },
    { type: String, format: 'password', minLength: 1, maxLength: MAX_PASSWORD_CHARACTERS },
    IsString(),
    Length(1, MAX_PASSWORD_CHARACTERS),
  );

/** A name of a person or an organisation: one line, nothing invisible, no link in it. */
export const NameField = ({ max = 80, ...options }: FieldOptions & { max?: number } = {}) =>
  field(
    options,
    { type: String, minLength: 1, maxLength: max },
    trimmed,
    IsString(),
    Length(1, max),
    Matches(NO_CONTROLS, { message: 'must not hold control or invisible characters' }),
    Matches(NO_LINK, { message: 'must not hold a link' }),
  );

/** A key, slug or other short word of ours. */
export const WordField = (options: FieldOptions = {}) =>
  field(options, { type: String, minLength: 1, maxLength: 64 }, IsString(), Length(1, 64));

/** A secret that went out in a message, or a token that we handed out. */
export const SecretField = (options: FieldOptions = {}) =>
  field(options, { type: String, minLength: 1, maxLength: 4096 }, IsString(), MinLength(1), MaxLength(4096));

export const UuidField = (options: FieldOptions = {}) =>
  field(options, { type: String, format: 'uuid' }, IsUUID('all', { message: 'must be a UUID' }));
