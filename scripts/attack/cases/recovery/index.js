import { CLAIMS } from './claims.js';
import { LINKS } from './links.js';
import { PASSWORDS } from './passwords.js';
import { VERIFICATION } from './verification.js';

export const RECOVERY = { name: 'recovery', cases: [...LINKS, ...PASSWORDS, ...VERIFICATION, ...CLAIMS] };
