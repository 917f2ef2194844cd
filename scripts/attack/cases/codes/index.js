import { BINDING } from './binding.js';
import { EXPOSURE } from './exposure.js';
import { GUESSES } from './guesses.js';

export const CODES = { name: 'codes', cases: [...GUESSES, ...BINDING, ...EXPOSURE] };
