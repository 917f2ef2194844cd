import { CHANGES } from './changes.js';
import { SECOND_FACTOR_GUESSES } from './guesses.js';
import { POLICY } from './policy.js';
import { REPLAY } from './replay.js';
import { SIGN_IN } from './sign-in.js';

export const SECOND_FACTOR = {
  name: 'second-factor',
  cases: [...SIGN_IN, ...SECOND_FACTOR_GUESSES, ...REPLAY, ...CHANGES, ...POLICY],
};
