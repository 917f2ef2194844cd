import { Advice, AppError } from '../../common/app-error.js';
import type { ErrorCode } from '../../common/error-catalogue.js';

/** What the policy throws for a new password. */
export const PASSWORD_PROBLEMS = [
  'password_too_short',
  'password_too_long',
  'password_blocklisted',
  'password_too_weak',
  'password_contains_identity',
] as const satisfies readonly ErrorCode[];

/** What `ReauthenticationService.byPassword` throws. */
export const CURRENT_PASSWORD_PROBLEMS = [
  'current_password_incorrect',
  'too_many_attempts',
] as const satisfies readonly ErrorCode[];

/** What the other methods of `ReauthenticationService` throw. */
export const REAUTHENTICATION_PROBLEMS = [
  ...CURRENT_PASSWORD_PROBLEMS,
  'reauthentication_required',
] as const satisfies readonly ErrorCode[];

/** The hashing queue is full; nothing was hashed, stored or counted. */
export class HashingOverloaded extends AppError {
  constructor() {
    super('service_unavailable', { retryAfterSeconds: 5 });
  }
}

export class CurrentPasswordIncorrect extends AppError {
  /** `field` is the request member that contained the password. */
  constructor(field: 'currentPassword' | 'password' = 'currentPassword') {
    const code = 'current_password_incorrect';
    super(code, { errors: [{ pointer: `#/${field}`, code, detail: 'This is not it.' }] });
  }
}

export class ReauthenticationRequired extends AppError {
  /** `required` names the request members that reauthenticate. `orSignIn`: a new sign-in is accepted instead. */
  constructor(required = ['currentPassword'], { orSignIn = true } = {}) {
    const conjunctions = required.slice(1).map(() => ' and ');
    const alternative = orSignIn ? ', or sign in again first.' : '.';
    super('reauthentication_required', {
      detail: new Advice(['Send ', ...conjunctions, alternative], required),
    });
  }
}

/** The policy rejects a new password. `field` is the request member that contained it. */
abstract class PasswordRefused extends AppError {
  protected constructor(code: (typeof PASSWORD_PROBLEMS)[number], detail: string, field: string) {
    super(code, { detail, errors: [{ pointer: `#/${field}`, code, detail }] });
  }
}

export class PasswordTooShort extends PasswordRefused {
  constructor(minLength: number, field: string) {
    super('password_too_short', `Use at least ${minLength} characters.`, field);
  }
}

export class PasswordTooLong extends PasswordRefused {
  constructor(maxLength: number, field: string) {
    super('password_too_long', `Use at most ${maxLength} characters.`, field);
  }
}

export class PasswordBlocklisted extends PasswordRefused {
  constructor(field: string) {
    const advice =
      'It is among the first that attackers try. Choose another, for example several unrelated words.';
    super('password_blocklisted', advice, field);
  }
}

export class PasswordContainsIdentity extends PasswordRefused {
  constructor(field: string) {
    super(
      'password_contains_identity',
      'Choose one that is not made of who you are or where you work.',
      field,
    );
  }
}

export class PasswordTooWeak extends PasswordRefused {
  constructor(advice: string, field: string) {
    super('password_too_weak', advice || 'Make it longer, for example with several unrelated words.', field);
  }
}
