import { ADDRESSES } from './addresses.js';
import { MESSAGES } from './messages.js';
import { PASSWORDS } from './passwords.js';

export const LIMITS = { name: 'limits', cases: [...PASSWORDS, ...ADDRESSES, ...MESSAGES] };
