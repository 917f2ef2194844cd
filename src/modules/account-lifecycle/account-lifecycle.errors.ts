import { AppError } from '../../common/app-error.js';

/** The organisations named by their slugs have other members and nobody else to lead them. */
export class LeavesOthersWithoutOwner extends AppError {
  constructor(slugs: string[]) {
    super('last_owner', { detail: `Hand over to somebody else first: ${slugs.join(', ')}.` });
  }
}

/** Unknown, used, expired and for an address that the account no longer has are one refusal. */
export class RestorationTokenInvalid extends AppError {
  constructor() {
    super('restoration_token_invalid', { detail: 'Once the time is over, nothing brings the account back.' });
  }
}

/** The person joined another tenant before they were locked. For the code of the room: nobody is told. */
export class JoinedElsewhere extends Error {}
