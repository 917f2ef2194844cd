import { type ArgumentMetadata, type ValidationError, ValidationPipe } from '@nestjs/common';
import { AppError, type FieldError, shortenName } from '../common/app-error.js';

export class ValidationFailed extends AppError {
  constructor(errors: FieldError[]) {
    super('validation_failed', { detail: 'See `errors` for each field.', errors });
  }
}

/** Most code units that a text in a request may have. No field needs more. */
const MAX_TEXT = 4_096;
/** Replaces every longer text: the field's own rule refuses it, and no work is spent on the original. */
const TOO_LONG = 'x'.repeat(MAX_TEXT + 1);

/** Bounds every text of a request before the transforms run, which run before the rules. */
class BoundedValidationPipe extends ValidationPipe {
  override transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    return super.transform(metadata.type === 'custom' ? value : bounded(value), metadata) as Promise<unknown>;
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

function describe({ property, constraints, children }: ValidationError, parent: string): FieldError[] {
  const pointer = `${parent}/${property.replace(/~/g, '~0').replace(/\//g, '~1')}`;
  const own = Object.entries(constraints ?? {}).map(([name, detail]) => ({
    pointer,
    code: codeOf(name),
    detail: name === UNKNOWN ? `property ${shortenName(property)} should not exist` : detail,
  }));
  return [...own, ...(children ?? []).flatMap((child) => describe(child, pointer))];
}

const UNKNOWN = 'whitelistValidation';

/** class-validator's constraint names as codes: `isEmail` → `is_email`, `whitelistValidation` → `unknown_field`. */
function codeOf(constraint: string): string {
  if (constraint === UNKNOWN) return 'unknown_field';
  return constraint.replace(/[A-Z]/g, (capital) => `_${capital.toLowerCase()}`);
}
