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
import { identifierOf } from '../common/identifiers.js';
import { InvalidCredentials } from '../modules/auth/auth.errors.js';
import { type PasswordSignIn, PasswordSignInService } from '../modules/auth/password-sign-in.service.js';
import type { SignInOutcome } from '../modules/auth/sign-in.service.js';
import { type AccessRequest, originOf } from './request.js';
import { createValidationPipe } from './validation.js';

/** The common form of every contract's sign-in body: a canonical e-mail address or phone number, and the password. */
export interface PasswordLogin {
  email?: string;
  phone?: string;
  password: string;
  tenantSlug?: string;
  deviceToken?: string;
}

/** Options that the contract sets, never the request body. */
type SessionOptions = Pick<PasswordSignIn, 'renewableByAccessToken'>;

/** One name for e-mail address and phone number: passport-local reads a single field. */
const IDENTIFIER = 'identifier';

/** passport-local reads the credentials from the body; the core verifies them. */
@Injectable()
export class PasswordStrategy extends PassportStrategy(Strategy, 'password') {
  constructor(private readonly signIn: PasswordSignInService) {
    super({
      usernameField: IDENTIFIER,
      passwordField: 'password',
      passReqToCallback: true,
      session: false,
    });
  }

  validate(request: AccessRequest): Promise<SignInOutcome> {
    const { tenantSlug, password, deviceToken, renewableByAccessToken, ...body } =
      request.body as PasswordLogin & SessionOptions;
    const identifier = identifierOf(body);
    const input = { identifier, password, tenantSlug, deviceToken, renewableByAccessToken };
    return this.signIn.signIn(input, originOf(request));
  }
}

/** Validates the body against the contract's sign-in DTO, then signs in. `@PasswordOutcome()` returns the outcome. */
export function PasswordGuard(
  dto: Type<PasswordLogin>,
  { renewableByAccessToken = false }: SessionOptions = {},
): Type<CanActivate> {
  const pipe = createValidationPipe();

  @Injectable()
  class BodyPasswordGuard extends AuthGuard('password') {
    override async canActivate(context: ExecutionContext): Promise<boolean> {
      const request = context.switchToHttp().getRequest<AccessRequest>();
      const body = (await pipe.transform(request.body ?? {}, {
        type: 'body',
        metatype: dto,
      })) as PasswordLogin;
      request.body = { ...body, renewableByAccessToken, [IDENTIFIER]: identifierOf(body).value };
      return (await super.canActivate(context)) as boolean;
    }

    override handleRequest<T>(error: unknown, outcome: T | false): T {
      if (error) throw error as Error;
      if (!outcome) throw new InvalidCredentials();
      return outcome;
    }
  }
  return mixin(BodyPasswordGuard);
}

export const PasswordOutcome = createParamDecorator(
  (_: unknown, context: ExecutionContext): SignInOutcome =>
    context.switchToHttp().getRequest<{ user: SignInOutcome }>().user,
);
