import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { Strategy } from 'passport-local';
import { parseIdentifier } from '../common/identifiers.js';
import { InvalidCredentials } from '../modules/auth/auth.errors.js';
import type { PasswordAuthentication } from '../modules/auth/password-completion.service.js';
import { PasswordSignInService } from '../modules/auth/password-sign-in.service.js';
import { type AccessRequest, originOf } from './request.js';

/** The common form of every contract's sign-in body: an e-mail address or a phone number, and the password. */
export interface LoginBody {
  email?: string;
  phone?: string;
  password: string;
  tenantSlug?: string;
  deviceToken?: string;
}

type LoginRequest = AccessRequest & { body: LoginBody };

/**
 * Verifies the password of a sign-in body that LocalAuthGuard has validated, and opens no session: the handler does that
 * with `PasswordSignInService.complete`.
 */
@Injectable()
export class LocalStrategy extends PassportStrategy(Strategy, 'local') {
  constructor(private readonly passwords: PasswordSignInService) {
    super({ passwordField: 'password', passReqToCallback: true });
  }

  /**
   * passport-local reads the identifier from one field, a body has either of two. Passport calls this on a copy of the
   * strategy that belongs to the request, so the field can be set for each request.
   */
  override authenticate(...[request, options]: Parameters<Strategy['authenticate']>): void {
    const { phone } = request.body as LoginBody;
    Object.assign(this, { _usernameField: phone === undefined ? 'email' : 'phone' });
    super.authenticate(request, options);
  }

  /** Throws as `PasswordSignInService.verify` does. */
  validate(request: LoginRequest, username: string, password: string): Promise<PasswordAuthentication> {
    const { tenantSlug, deviceToken } = request.body;
    const identifier = parseIdentifier(username);
    if (!identifier) throw new InvalidCredentials();
    return this.passwords.verify({ identifier, password, tenantSlug, deviceToken }, originOf(request));
  }
}
