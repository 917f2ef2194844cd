import { ValidationPipe, type ValidationError } from '@nestjs/common';
import { AppError, type FieldError } from '../common/app-error.js';

export class ValidationFailed extends AppError {
  constructor(errors: FieldError[]) {
    super('validation_failed', { detail: 'See `errors` for each field.', errors });
  }
}

/** Turns bodies, queries and parameters into their DTOs. An unknown field is refused, never dropped. */
export function createValidationPipe(): ValidationPipe {
  return new ValidationPipe({
    transform: true,
    whitelist: true,
    forbidNonWhitelisted: true,
    forbidUnknownValues: true,
    stopAtFirstError: true,
    validationError: { target: false, value: false },
    exceptionFactory: (errors) => new ValidationFailed(errors.flatMap((error) => describe(error, '#'))),
  });
}

function describe({ property, constraints, children }: ValidationError, parent: string): FieldError[] {
  const pointer = `${parent}/${property.replace(/~/g, '~0').replace(/\//g, '~1')}`;
  const own = Object.entries(constraints ?? {}).map(([name, detail]) => ({
    pointer,
    code: codeOf(name),
    detail,
  }));
  return [...own, ...(children ?? []).flatMap((child) => describe(child, pointer))];
}

/** class-validator's constraint names as codes: `isEmail` → `is_email`, `whitelistValidation` → `unknown_field`. */
function codeOf(constraint: string): string {
  if (constraint === 'whitelistValidation') return 'unknown_field';
  return constraint.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
