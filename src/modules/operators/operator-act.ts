import { v4 as randomId } from 'uuid';
import type { RequestOrigin } from '../../common/request-origin.js';
import { isVisible } from '../../common/visible-text.js';
import type { SignedInOperator } from '../operator-accounts/signed-in-operator.js';
import { ActNotExplained } from './operators.errors.js';

/** Why an operator acts. */
export interface OperatorAct {
  /** Free text for the operators' audit trail. */
  reason: string;
  /** Identifies the operator or the support case; tenants see it in their audit trail. */
  reference: string;
  /** Absent for somebody with access to the server, who acts by a program. */
  by?: SignedInOperator;
}

/** An act whose texts were checked. */
export interface ExplainedAct {
  reason: string;
  reference: string;
  by: SignedInOperator | null;
  origin: RequestOrigin;
}

/** Who reads: an operator who is signed in, or somebody with access to the server, who has no id. */
export type Viewer = Pick<SignedInOperator, 'origin'> & { id: string | null };

const MAX_LENGTH = 500;

/** Somebody with access to the server, who runs a program. */
export const atServer = (): Viewer => ({ id: null, origin: serverOrigin() });

const serverOrigin = (): RequestOrigin => ({ address: 'server', userAgent: null, requestId: randomId() });

/** The act without blanks around its texts. Throws ActNotExplained if one is empty, too long, or not one visible line. */
export function explained({ reason, reference, by }: OperatorAct): ExplainedAct {
  return {
    reason: requireText('reason', reason),
    reference: requireText('reference', reference),
    by: by ?? null,
    origin: by?.origin ?? serverOrigin(),
  };
}

function requireText(name: 'reason' | 'reference', text: string): string {
  const trimmed = text.trim();
  if (trimmed === '' || trimmed.length > MAX_LENGTH || !isVisible(trimmed))
    throw new ActNotExplained(name, MAX_LENGTH);
  return trimmed;
}
