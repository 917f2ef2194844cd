import { AppError } from './app-error.js';

/** A field that only the stored state shows to be wrong, in the form of every other field that is refused. */
export class FieldRefused extends AppError {
  constructor(pointer: string, code: string, detail: string) {
    super('validation_failed', {
      detail: 'See `errors` for each field.',
      errors: [{ pointer, code, detail }],
    });
  }
}

/** A member of an answer that a change may give back as it is, and not otherwise. */
export class NotChangeable extends FieldRefused {
  constructor(pointer: string, detail: string) {
    super(pointer, 'not_changeable', detail);
  }
}
