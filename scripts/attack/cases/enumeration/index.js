import { MEMBERS } from './members.js';
import { RECOVERY } from './recovery.js';
import { SIGN_IN } from './sign-in.js';

export const ENUMERATION = { name: 'enumeration', cases: [...SIGN_IN, ...RECOVERY, ...MEMBERS] };
