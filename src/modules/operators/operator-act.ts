import { v4 as randomId } from 'uuid';
import type { RequestOrigin } from '../../common/request-origin.js';
import { ActNotExplained } from './operators.errors.js';

/** Why an operator acts. */
export interface OperatorAct {
  /** Free text for the operators' audit trail. */
  reason: string;
  /** Identifies the operator or the support case; tenants see it in their audit trail. */
  reference: string;
}

const MAX_LENGTH = 500;

/** The act without blanks around its texts. Throws ActNotExplained if one is empty or too long. */
export function explained({ reason, reference }: OperatorAct): OperatorAct {
  return { reason: requireText('reason', reason), reference: requireText('reference', reference) };
}

/** Where the act comes from: a program on the server. */
export const operatorOrigin = (): RequestOrigin => ({
  address: 'server',
  userAgent: null,
  requestId: randomId(),
});

function requireText(name: keyof OperatorAct, text: string): string {
  const trimmed = text.trim();
  if (trimmed === '' || trimmed.length > MAX_LENGTH) throw new ActNotExplained(name, MAX_LENGTH);
  return trimmed;
}
