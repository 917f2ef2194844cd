import { type CanActivate, type ExecutionContext, mixin, type Type } from '@nestjs/common';
import { AuthGuard } from '@nestjs/passport';
import { InvalidCredentials } from '../modules/auth/auth.errors.js';
import type { LoginBody } from './local.strategy.js';
import { createValidationPipe } from './validation.js';

/**
 * Verifies the password in the body; `@FirstFactor()` returns the result. Nest runs guards before pipes, so this guard
 * applies the validation pipe to the contract's sign-in DTO itself: no password is looked at in an invalid body. Throws
 * ValidationFailed, or as `LocalStrategy` does.
 */
export function LocalAuthGuard(dto: Type<LoginBody>): Type<CanActivate> {
  const pipe = createValidationPipe();

  class ValidatingAuthGuard extends AuthGuard('local') {
    override async canActivate(context: ExecutionContext): Promise<boolean> {
      const { body } = context.switchToHttp().getRequest<{ body: unknown }>();
      await pipe.transform(body ?? {}, { type: 'body', metatype: dto });
      return (await super.canActivate(context)) as boolean;
    }

    override handleRequest<T>(error: unknown, authentication: T | false): T {
      if (authentication) return authentication;
      throw (error as Error | null) ?? new InvalidCredentials();
    }
  }
  return mixin(ValidatingAuthGuard);
}
