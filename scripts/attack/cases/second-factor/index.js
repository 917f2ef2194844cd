import { CHANGES } from './changes.js';
import { SECOND_FACTOR_GUESSES } from './guesses.js';
import { POLICY } from './policy.js';
import { REPLAY } from './replay.js';
import { WAYS_IN } from './ways-in.js';

export const SECOND_FACTOR = {
  name: 'second-factor',
  cases: [...WAYS_IN, ...SECOND_FACTOR_GUESSES, ...REPLAY, ...CHANGES, ...POLICY],
};
