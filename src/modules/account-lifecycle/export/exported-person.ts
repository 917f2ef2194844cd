import { type Identifier, identifiersOf } from '../../../common/identifiers.js';
import type { Correspondent } from '../../messaging/correspondence.service.js';
import type { User } from '../../users/entities/user.entity.js';
import { hasProven } from '../../users/proven-identifiers.js';

/** By what a person's data is found. What they merely claim to be may be another, and shows nothing of that one. */
export interface ExportedPerson extends Correspondent {
  id: string;
}

export function exportedPerson(user: User): ExportedPerson {
  const identifiers = identifiersOf(user);
  const isProven = ({ kind }: Identifier) => hasProven(user, kind);
  return {
    id: user.id,
    verified: identifiers.filter(isProven),
    claimed: identifiers.filter((one) => !isProven(one)),
    since: user.createdAt,
  };
}
