import type { RequestOrigin } from '../../common/request-origin.js';

/** An operator who is signed in at the platform's contract. */
export interface SignedInOperator {
  id: string;
  email: string;
  sessionId: string;
  origin: RequestOrigin;
}
