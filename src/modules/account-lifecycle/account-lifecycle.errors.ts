import { AppError } from '../../common/app-error.js';

/** The named tenants have other members and would have no active owner. */
export class LeavesOthersWithoutOwner extends AppError {
  constructor(slugs: string[]) {
    super('last_owner', { detail: `Hand over to somebody else first: ${slugs.join(', ')}.` });
  }
}

/**
 * Unknown, used and expired tokens, and those for an identifier that the account no longer has, return this same error.
 */
export class RestorationTokenInvalid extends AppError {
  constructor() {
    super('restoration_token_invalid', { detail: 'Once the time is over, nothing brings the account back.' });
  }
}

/** The user joined another tenant before their tenants were locked. Internal: the caller retries. */
export class JoinedAnotherTenant extends Error {}
