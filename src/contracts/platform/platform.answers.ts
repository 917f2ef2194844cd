import type { AnswerReaders, Learned } from '../shared/docs/page/memory.js';
import type { OperatorTokenDto } from './auth/operator-auth.dto.js';

/** What the documentation page learns from this contract. */
export const answers = {
  signInOperator: ({ accessToken }: OperatorTokenDto): Learned => ({ accessToken }),
  signOutOperator: (): Learned => ({ accessToken: null }),
} satisfies AnswerReaders;
