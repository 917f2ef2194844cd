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
import { canonicalPhone } from '../../common/identifiers.js';

/** What every field may say of itself; constraints and schema come from the field's kind, written once. */
export interface FieldOptions {
  example?: unknown;
  description?: string;
  optional?: boolean;
  /** Null is a value of its own, and passes. */
  nullable?: boolean;
  /** The field that may stand in this one's place: exactly one of the two is sent. Both name each other. */
  or?: string;
  /** The field this one goes with: it is sent exactly where the other is. */
  with?: string;
  /** The field this one is never sent together with. */
  without?: string;
}

const MAX_PASSWORD_CHARACTERS = 1024;
const NO_CONTROLS = /^[^\p{Cc}\p{Cf}\u2028\u2029]*$/u;
const NO_LINK = /^(?!.*(:\/\/|\bwww\.|\/\/)).*$/is;

export function field(
  { optional, or, with: companion, without, ...options }: FieldOptions,
  schema: ApiPropertyOptions,
  ...rules: PropertyDecorator[]
) {
  const required = optional !== true && or === undefined && companion === undefined;
  const property = ApiProperty({ ...options, ...schema, required } as ApiPropertyOptions);
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

/** Absent, not null: a null would reach the core as a value. */
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
  typeof value === 'string' ? value.trim() : value,
);

/** After the transform, which leaves nothing of what is none. */
const isCanonicalEmail = ValidateBy({
  name: 'isEmail',
  validator: {
    validate: (value: unknown) => typeof value === 'string' && value !== '',
    defaultMessage: () => 'must be an e-mail address',
  },
});

/** An e-mail address, handed on in canonical form: `canonicalEmail` alone says what one is. */
export const EmailField = (options: FieldOptions = {}) =>
  field(
    { example: 'admin@acme.com', ...options },
    { type: String, format: 'email', maxLength: MAX_EMAIL },
    Transform(({ value }: { value: unknown }) =>
      typeof value === 'string' ? (canonicalEmail(value) ?? '') : value,
    ),
    isCanonicalEmail,
  );

/** A phone number with its country code, in any of the usual notations, handed on in E.164. */
export const PhoneField = (options: FieldOptions = {}) =>
  field(
    { example: '+919876543210', ...options },
    { type: String, format: 'phone', maxLength: 40 },
    Transform(({ value }: { value: unknown }) =>
      typeof value === 'string' ? (canonicalPhone(value) ?? '') : value,
    ),
    Matches(/^\+[0-9]+$/, { message: 'must be a phone number with its country code' }),
  );

/** A one-time code, as it stands in the message. */
export const CodeField = (options: FieldOptions = {}) =>
  field(
    { example: '123456', ...options },
    { type: String, pattern: '^[0-9]{6}$' },
    IsString(),
    Matches(/^[0-9]{6}$/, { message: 'must be six digits' }),
  );

const withoutGaps = Transform(({ value }: { value: unknown }) =>
  typeof value === 'string' ? value.replace(/[\s-]/g, '') : value,
);

/** A code of an authenticator; the gaps that people type are ignored. */
export const TotpCodeField = (options: FieldOptions = {}) =>
  field(
    { example: '123456', ...options },
    { type: String, pattern: '^[0-9]{6}$' },
    withoutGaps,
    IsString(),
    Matches(/^[0-9]{6}$/, { message: 'must be six digits' }),
  );

/** A code of an authenticator, or a backup code; the gaps that people type are ignored. */
export const SecondFactorCodeField = (options: FieldOptions = {}) =>
  field(
    { example: '123456', description: 'Of your authenticator, or a backup code', ...options },
    { type: String, pattern: '^([0-9]{6}|[0-9]{8})$' },
    withoutGaps,
    IsString(),
    Matches(/^([0-9]{6}|[0-9]{8})$/, { message: 'must be six digits, or the eight of a backup code' }),
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

/** A line for people to read; empty for none. */
export const TextField = ({ max = 500, ...options }: FieldOptions & { max?: number } = {}) =>
  field(
    options,
    { type: String, maxLength: max },
    trimmed,
    IsString(),
    MaxLength(max),
    Matches(NO_CONTROLS, { message: 'must not hold control or invisible characters' }),
  );

/** A whole number; `inQuery` takes the digits of an address, which is text, for one. */
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
