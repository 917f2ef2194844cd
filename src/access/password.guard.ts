import {
  type CanActivate,
  createParamDecorator,
  type ExecutionContext,
  Injectable,
  mixin,
  type Type,
} from '@nestjs/common';
import { AuthGuard, PassportStrategy } from '@nestjs/passport';
import { Strategy } from 'passport-local';
import { InvalidCredentials } from '../modules/auth/auth.errors.js';
import { PasswordSignInService } from '../modules/auth/password-sign-in.service.js';
import type { IssuedTokens } from '../modules/sessions/sessions.service.js';
import { type AccessRequest, clientOf } from './request.js';
import { createValidationPipe } from './validation.js';

/** What every contract's log-in body comes down to. */
export interface PasswordLogin {
  email: string;
  password: string;
  tenantSlug?: string;
}

/** passport-local: takes the credentials from the body; the core judges them. */
@Injectable()
export class PasswordStrategy extends PassportStrategy(Strategy, 'password') {
  constructor(private readonly signIn: PasswordSignInService) {
    super({ usernameField: 'email', passwordField: 'password', passReqToCallback: true, session: false });
  }

  validate(request: AccessRequest, email: string, password: string): Promise<IssuedTokens> {
    const { tenantSlug } = request.body as PasswordLogin;
    return this.signIn.signIn({ email, password, tenantSlug }, clientOf(request));
  }
}

/** Accepts the body only as the contract's log-in DTO, then signs in: `@SignedIn()` hands the handler the tokens. */
export function PasswordGuard(dto: Type<PasswordLogin>): Type<CanActivate> {
  const pipe = createValidationPipe();

  @Injectable()
  class BodyPasswordGuard extends AuthGuard('password') {
    override async canActivate(context: ExecutionContext): Promise<boolean> {
      const request = context.switchToHttp().getRequest<AccessRequest>();
      request.body = await pipe.transform(request.body ?? {}, { type: 'body', metatype: dto });
      return (await super.canActivate(context)) as boolean;
    }

    override handleRequest<T>(error: unknown, tokens: T | false): T {
      if (error) throw error as Error;
      if (!tokens) throw new InvalidCredentials();
      return tokens;
    }
  }
  return mixin(BodyPasswordGuard);
}

export const SignedIn = createParamDecorator(
  (_: unknown, context: ExecutionContext): IssuedTokens =>
    context.switchToHttp().getRequest<{ user: IssuedTokens }>().user,
);
