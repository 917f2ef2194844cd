import type { Fault } from '../faulty-proxy.js';
import { faultsOfCodes, faultsOfKeys, faultsOfSecondFactors, faultsOfTokens } from './credentials.js';
import { faultsOfEnumeration, faultsOfInvitations, faultsOfRecovery } from './people.js';
import { faultsOfRoles, faultsOfTenancy } from './rights.js';
import { faultsOfInput, faultsOfLimits, faultsOfMessages } from './surface.js';

/** Weaknesses in every area, each defined by its behaviour: none depends on the case that will detect it. */
export const allFaults = (): Fault[] => [
  ...faultsOfTokens(),
  ...faultsOfCodes(),
  ...faultsOfSecondFactors(),
  ...faultsOfEnumeration(),
  ...faultsOfRecovery(),
  ...faultsOfTenancy(),
  ...faultsOfRoles(),
  ...faultsOfKeys(),
  ...faultsOfInvitations(),
  ...faultsOfInput(),
  ...faultsOfLimits(),
  ...faultsOfMessages(),
];
