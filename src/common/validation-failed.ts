import { AppError, type FieldError } from './app-error.js';

/** Fields of the request are wrong: each with its JSON pointer. */
export class ValidationFailed extends AppError {
  constructor(errors: FieldError[]) {
    super('validation_failed', { detail: 'See `errors` for each field.', errors });
  }
}

/** A member of an answer that a change may give back as it is, and not otherwise: only the stored state shows it. */
export class NotChangeable extends ValidationFailed {
  constructor(pointer: string, detail: string) {
    super([{ pointer, code: 'not_changeable', detail }]);
  }
}

/** A number that the configuration of the server does not allow, although its contract does. */
export class BeyondBounds extends ValidationFailed {
  constructor(pointer: string, { least, most }: { least: number; most: number }, value: number) {
    const [code, detail] =
      value < least ? ['min', `must not be less than ${least}`] : ['max', `must not be greater than ${most}`];
    super([{ pointer, code, detail: `${detail}, a bound of this server` }]);
  }
}
