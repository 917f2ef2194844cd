import { applyDecorators } from '@nestjs/common';
import { ApiProperty, type ApiPropertyOptions } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import {
  IsInt,
  IsString,
  IsUUID,
  Length,
  Matches,
  Max,
  MaxLength,
  Min,
  MinLength,
  ValidateBy,
  ValidateIf,
  type ValidationArguments,
} from 'class-validator';
import { canonicalEmail, MAX_EMAIL } from '../../common/email-address.js';
import { canonicalPhone, isDividable, MAX_FULL_NAME, MAX_NAME } from '../../common/identifiers.js';
import { isVisible, NO_LINK, withoutMargins } from '../../common/visible-text.js';

/** Options of every field. The kind of field determines constraints and schema, in one place. */
export interface FieldOptions {
  example?: unknown;
  description?: string;
  optional?: boolean;
  /** Allows null as a value. */
  nullable?: boolean;
  /** The alternative to this field: exactly one of the two must be sent. Each names the other. */
  or?: string;
  /** The field that accompanies this one: both are sent, or neither. */
  with?: string;
  /** The field that must not be sent together with this one. */
  without?: string;
}

/** On a field that must be sent unless another is: the name of the other one. */
export const REQUIRED_WITHOUT = 'x-required-without';

const MAX_PASSWORD_CHARACTERS = 1024;

export function field(
  { optional, or, with: companion, without, ...options }: FieldOptions,
  schema: ApiPropertyOptions,
  ...rules: PropertyDecorator[]
) {
  const required = optional !== true && or === undefined && companion === undefined;
  const alternative = or === undefined ? {} : { [REQUIRED_WITHOUT]: or };
  const property = ApiProperty({ ...options, ...schema, ...alternative, required } as ApiPropertyOptions);
  const exclusive = without === undefined ? [] : [alone(without)];
  return applyDecorators(
    ...presence({ optional, nullable: options.nullable, or, with: companion }),
    ...exclusive,
    property,
    ...rules,
  );
}

function presence({ optional, nullable, or, with: companion }: FieldOptions): PropertyDecorator[] {
  if (nullable) return [optional ? mayBeAbsentOrNull : mayBeNull];
  if (or !== undefined) return [neededWithout(or), alone(or)];
  if (companion !== undefined) return [neededWith(companion), accompanied(companion)];
  return optional ? [mayBeAbsent] : [];
}

/** Allows an absent field, not null: a null would reach the core as a value. */
const mayBeAbsent = ValidateIf((_, value) => value !== undefined);

const mayBeNull = ValidateIf((_, value) => value !== null);

const mayBeAbsentOrNull = ValidateIf((_, value) => value !== undefined && value !== null);

const memberOf = (object: object, name: string): unknown => (object as Record<string, unknown>)[name];

const neededWithout = (other: string) =>
  ValidateIf(
    (object: object, value: unknown) => value !== undefined || memberOf(object, other) === undefined,
  );

const neededWith = (other: string) =>
  ValidateIf(
    (object: object, value: unknown) => value !== undefined || memberOf(object, other) !== undefined,
  );

const alone = (other: string) =>
  besides(`notWith_${other}`, `must not be sent together with ${other}`, (object) => {
    return memberOf(object, other) === undefined;
  });

const accompanied = (other: string) =>
  besides(`onlyWith_${other}`, `goes with ${other}`, (object) => memberOf(object, other) !== undefined);

const besides = (name: string, message: string, holds: (object: object) => boolean) =>
  ValidateBy({
    name,
    validator: {
      validate: (_: unknown, context?: ValidationArguments) => !context || holds(context.object),
      defaultMessage: () => message,
    },
  });

const trimmed = Transform(({ value }: { value: unknown }) =>
  typeof value === 'string' ? withoutMargins(value) : value,
);

const visible = ValidateBy({
  name: 'matches',
  validator: {
    validate: (value: unknown) => typeof value === 'string' && isVisible(value),
    defaultMessage: () => 'must not hold control or invisible characters',
  },
});

const dividable = ValidateBy({
  name: 'isDividable',
  validator: {
    validate: (value: unknown) => typeof value === 'string' && isDividable(value),
    defaultMessage: () => `must consist of a first and a last name of at most ${MAX_NAME} characters each`,
  },
});

/** Runs after the transform, which yields null for an invalid address. */
const isCanonicalEmail = ValidateBy({
  name: 'isEmail',
  validator: {
    validate: (value: unknown) => typeof value === 'string' && value !== '',
    defaultMessage: () => 'must be an e-mail address',
  },
});

/** An e-mail address; the handler gets its canonical form. `canonicalEmail` decides what is valid. */
export const EmailField = (options: FieldOptions = {}) =>
  field(
    { example: 'admin@acme.com', ...options },
    { type: String, format: 'email', maxLength: MAX_EMAIL },
    Transform(({ value }: { value: unknown }) =>
      typeof value === 'string' ? (canonicalEmail(value) ?? '') : value,
    ),
    isCanonicalEmail,
  );

/** A phone number with country code, in any usual notation; the handler gets E.164. */
export const PhoneField = (options: FieldOptions = {}) =>
  field(
    { example: '+919876543210', ...options },
    { type: String, format: 'phone', maxLength: 40 },
    Transform(({ value }: { value: unknown }) =>
      typeof value === 'string' ? (canonicalPhone(value) ?? '') : value,
    ),
    Matches(/^\+[0-9]+$/, { message: 'must be a phone number with its country code' }),
  );

/** Hyphens, dashes and minus signs; dots at the height of a minus sign. */
const SEPARATORS = '\\p{Pd}\\u02d7\\u2043\\u2212\\u00b7\\u2022\\u2027\\u2219\\u22c5\\u30fb\\uff65';
const GAPS = new RegExp(`[\\s\\p{Cf}${SEPARATORS}]`, 'gu');

/** Codes are pasted with blanks of any kind, line breaks, separators and invisible characters, in digits of any script. */
const withoutGaps = Transform(({ value }: { value: unknown }) =>
  typeof value === 'string' ? withAsciiDigits(value.replace(GAPS, '')) : value,
);

const LONGEST_CODE = 8;
const isDigit = (codePoint: number) => /^\p{Nd}$/u.test(String.fromCodePoint(codePoint));

/** Keyboards of many scripts have digits of their own. Unicode keeps those of a script together, from zero to nine. */
function withAsciiDigits(text: string): string {
  const characters = [...text.slice(0, 2 * LONGEST_CODE + 1)];
  if (characters.length > LONGEST_CODE) return text;
  return text.replace(/\p{Nd}/gu, (digit) => {
    const codePoint = digit.codePointAt(0) ?? 0;
    let before = 0;
    while (isDigit(codePoint - before - 1)) before += 1;
    return String(before % 10);
  });
}

/** A one-time code, or a code of an authenticator app; blanks and hyphens are ignored. */
export const CodeField = (options: FieldOptions = {}) =>
  field(
    { example: '123456', ...options },
    { type: String, pattern: '^[0-9]{6}$' },
    withoutGaps,
    IsString(),
    Matches(/^[0-9]{6}$/, { message: 'must be six digits' }),
  );

/** A code of an authenticator app, or a backup code; blanks and hyphens are ignored. */
export const SecondFactorCodeField = (options: FieldOptions = {}) =>
  field(
    { example: '123456', description: 'A code of your authenticator, or a backup code', ...options },
    { type: String, pattern: '^([0-9]{6}|[0-9]{8})$' },
    withoutGaps,
    IsString(),
    Matches(/^([0-9]{6}|[0-9]{8})$/, { message: 'must be six digits, or the eight of a backup code' }),
  );

/**
 * A password exactly as typed, never trimmed. This bounds the size only; the password policy validates new passwords.
 */
export const PasswordField = (options: FieldOptions = {}) =>
  field(
    { example: 'SecurePass123!', ...options },
    { type: String, format: 'password', minLength: 1, maxLength: MAX_PASSWORD_CHARACTERS },
    IsString(),
    Length(1, MAX_PASSWORD_CHARACTERS),
  );

/** A name of a person or a tenant: one line, no invisible characters but joiners, no link. */
export const NameField = ({
  min = 1,
  max = MAX_NAME,
  ...options
}: FieldOptions & { min?: 0 | 1; max?: number } = {}) =>
  field(
    options,
    { type: String, minLength: min, maxLength: max },
    trimmed,
    IsString(),
    Length(min, max),
    visible,
    Matches(NO_LINK, { message: 'must not hold a link' }),
  );

/**
 * First and last name of a person in one text. It may be as long as the longest that an answer holds, and is refused if
 * one of its two parts would be longer than the fields of their own accept.
 */
export const FullNameField = (options: FieldOptions = {}) =>
  applyDecorators(NameField({ ...options, max: MAX_FULL_NAME }), dividable);

/** A short identifier that Gatehouse assigns, such as a key or slug. */
export const WordField = (options: FieldOptions = {}) =>
  field(options, { type: String, minLength: 1, maxLength: 64 }, IsString(), Length(1, 64));

/** A secret from a message, or a token that Gatehouse issued. */
export const SecretField = (options: FieldOptions = {}) =>
  field(options, { type: String, minLength: 1, maxLength: 4096 }, IsString(), MinLength(1), MaxLength(4096));

export const UuidField = (options: FieldOptions = {}) =>
  field(options, { type: String, format: 'uuid' }, IsUUID('all', { message: 'must be a UUID' }));

/** One line of text for people; may be empty. */
export const TextField = ({ max = 500, ...options }: FieldOptions & { max?: number } = {}) =>
  field(options, { type: String, maxLength: max }, trimmed, IsString(), MaxLength(max), visible);

/** A whole number. `inQuery` also accepts digits, since query values are text. */
export const IntegerField = ({
  min,
  max,
  inQuery = false,
  ...options
}: FieldOptions & { min: number; max: number; inQuery?: boolean }) =>
  field(
    options,
    { type: 'integer', minimum: min, maximum: max },
    Transform(({ value }: { value: unknown }) =>
      inQuery && typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value,
    ),
    IsInt({ message: 'must be a whole number' }),
    Min(min),
    Max(max),
  );
