import { type ArgumentMetadata, type ValidationError, ValidationPipe } from '@nestjs/common';
import { type FieldError, shortenName } from '../common/app-error.js';
import { ValidationFailed } from '../common/validation-failed.js';

/** Most code units that a text in a request may have. No field needs more. */
const MAX_TEXT = 4_096;
/** Replaces every longer text: the field's own rule refuses it, and no work is spent on the original. */
const TOO_LONG = 'x'.repeat(MAX_TEXT + 1);

/** Bounds every text of a request before the transforms run, which run before the rules. */
class BoundedValidationPipe extends ValidationPipe {
  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    if (metadata.type === 'custom') return super.transform(value, metadata);
    const stripped = findStripped(value, '#', (field) => refusalOf(metadata.metatype, field));
    if (stripped.length > 0) throw new ValidationFailed(stripped);
    const dto: unknown = await super.transform(bounded(value), metadata);
    const dropped = findDropped(value, dto, '#');
    if (dropped.length > 0) throw new ValidationFailed(dropped);
    return dto;
  }
}

/** Turns bodies, queries and parameters into their DTOs. An unknown field is refused, never dropped. */
export function createValidationPipe(): ValidationPipe {
  return new BoundedValidationPipe({
    transform: true,
    whitelist: true,
    forbidNonWhitelisted: true,
    forbidUnknownValues: true,
    stopAtFirstError: true,
    validationError: { target: false, value: false },
    exceptionFactory: (errors) => new ValidationFailed(errors.flatMap((error) => describe(error, '#'))),
  });
}

/** Changes the value in place: only this request uses it. Body parsing has bounded its depth. */
function bounded(value: unknown): unknown {
  if (typeof value === 'string') return value.length > MAX_TEXT ? TOO_LONG : value;
  if (typeof value !== 'object' || value === null) return value;
  const members = value as Record<string, unknown>;
  for (const [name, member] of Object.entries(members)) members[name] = bounded(member);
  return members;
}

/** Nest's pipe removes these names at every depth, before any rule sees them. */
const STRIPPED: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

type Refusal = Omit<FieldError, 'pointer'>;
const REFUSAL = Symbol('the refusal of an unknown word');

/**
 * On a field whose members are words of a list: a word that never gets as far as the rule, because the pipe would remove
 * it, is refused in the words of the rule.
 */
export const RefusesWords = (refusal: Refusal): PropertyDecorator => Reflect.metadata(REFUSAL, refusal);

const refusalOf = (type: ArgumentMetadata['metatype'], field: string): Refusal | undefined =>
  type && (Reflect.getMetadata(REFUSAL, type.prototype as object, field) as Refusal | undefined);

/** `refusalWithin` tells how a field refuses the words in it. */
function findStripped(
  sent: unknown,
  parent: string,
  refusalWithin: (field: string) => Refusal | undefined,
  refusal?: Refusal,
): FieldError[] {
  if (!isObject(sent)) return [];
  return Object.entries(sent).flatMap(([name, member]) => {
    const pointer = pointerTo(parent, name);
    if (STRIPPED.has(name)) return [refusal ? { pointer, ...refusal } : unknownField(pointer, name)];
    const within = refusal ?? refusalWithin(name);
    return findStripped(member, pointer, () => within, within);
  });
}

/** class-transformer leaves out members named like a method that every object has, such as `toString`. */
function findDropped(sent: unknown, dto: unknown, parent: string): FieldError[] {
  if (sent === dto || !isObject(sent) || !isObject(dto)) return [];
  const isPlain = Array.isArray(dto) || Object.getPrototypeOf(dto) === Object.prototype;
  return Object.entries(sent).flatMap(([name, member]) => {
    const pointer = pointerTo(parent, name);
    if (Object.hasOwn(dto, name)) return findDropped(member, dto[name], pointer);
    return isPlain ? [] : [unknownField(pointer, name)];
  });
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

const pointerTo = (parent: string, name: string): string =>
  `${parent}/${name.replace(/~/g, '~0').replace(/\//g, '~1')}`;

const unknownField = (pointer: string, name: string): FieldError => ({
  pointer,
  code: 'unknown_field',
  detail: `property ${shortenName(name)} should not exist`,
});

function describe({ property, constraints, children }: ValidationError, parent: string): FieldError[] {
  const pointer = pointerTo(parent, property);
  const own = Object.entries(constraints ?? {}).map(([name, detail]) =>
    name === UNKNOWN ? unknownField(pointer, property) : { pointer, code: codeOf(name), detail },
  );
  return [...own, ...(children ?? []).flatMap((child) => describe(child, pointer))];
}

const UNKNOWN = 'whitelistValidation';

/** class-validator's constraint names as codes: `isEmail` → `is_email`. */
function codeOf(constraint: string): string {
  return constraint.replace(/[A-Z]/g, (capital) => `_${capital.toLowerCase()}`);
}
