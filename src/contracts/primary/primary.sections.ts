import type { Section } from '../shared/contract.js';

/** A walk from the first registration to the last sign-out; each part works with what the ones before it made. */
export const PRIMARY_SECTIONS: readonly Section[] = [
  { name: 'Sign-in', description: 'A company and its administrator; tokens, and new ones for old' },
  { name: 'One-time codes', description: 'Signing in and up by phone' },
  { name: 'Profile', description: 'What you may see and change of yourself' },
  { name: 'E-mail verification', description: 'Proving that an address is yours' },
  { name: 'Organisations', description: 'Those you work in, and the one you work in now' },
  { name: 'Invitations', description: 'How colleagues join' },
  { name: 'Leaving', description: 'Your data to take along, the end of your account, and the way back' },
  { name: 'Account security', description: 'Where you are signed in, your password, and the way out' },
  { name: 'Recovery', description: 'The way back in without the password' },
];
